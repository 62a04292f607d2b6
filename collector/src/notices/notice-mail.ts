import { shortened } from '../connectors/connector.ts'
import { smtpConfig } from '../connectors/email/config.ts'
import { messageIdOf, SUBJECT_MAX } from '../connectors/email/mapping.ts'
import type { DueNotice } from './notice-book.ts'

/** The section `notices` of the configuration: the server that messages to people are handed to, and in whose name. */
export const noticesConfig = smtpConfig

/**
 * A message as mail. The same Message-ID on every attempt, so that one sent twice is one to most programs; the headers keep robots from
 * answering.
 */
export function noticeMailOf(
  { id, incidentId, email, subject, body }: DueNotice,
  from: string,
  publicUrl: string | null,
) {
  const link =
    publicUrl === null || incidentId === null ? null : `${publicUrl.replace(/\/$/, '')}/incidents/${incidentId}`
  return {
    from,
    to: [email],
    subject: shortened(subject, SUBJECT_MAX),
    text: [body, link].filter(part => part !== null).join('\n\n'),
    messageId: messageIdOf(`notice-${id}`, from),
    headers: {
      'Auto-Submitted': 'auto-generated',
      Precedence: 'bulk',
      'X-Auto-Response-Suppress': 'All',
    },
  }
}
