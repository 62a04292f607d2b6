import { AppError } from '@tillwatch/shared'

/** A link that no longer works. Whoever is at the server needs no administrator. */
export const unknownInvitation = (): AppError =>
  new AppError('invitation.unknown', 'this link is used, expired or unknown', {
    nextStep: 'Ask an administrator for a new link, or run "tillwatch login-link" on the server.',
  })
