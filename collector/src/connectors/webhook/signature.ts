import { createHmac } from 'node:crypto'
import { AppError } from '@tillwatch/shared'

const PREFIX = 'whsec_'

/** The bytes of a secret as Standard Webhooks writes it. Throws `desk.secret` when it is not one. */
export function keyOf(secret: string): Buffer {
  const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '', 'base64')
  if (key.length >= 24 && key.length <= 64) return key
  throw new AppError('desk.secret', 'the signing secret is not of the form whsec_<base64 of 24 to 64 bytes>', {
    nextStep: 'Make one with: echo "whsec_$(openssl rand -base64 32)"',
  })
}

/** Value of `webhook-signature`: one entry for each secret, over `<id>.<timestamp>.<body>` (Standard Webhooks 1.0, symmetric). */
export const signatureOf = (secrets: readonly string[], id: string, timestamp: number, body: string): string =>
  secrets
    .map(secret => `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')}`)
    .join(' ')
