import { messageOf } from '@tillwatch/shared'
import type { SendMailOptions, Transporter } from 'nodemailer'
import { delivered, type Outcome, rejected } from '../connector.ts'
import type { Pace } from '../pace.ts'
import { readSecret } from '../settings.ts'
import type { SmtpConfig } from './config.ts'

const DEADLINE_MS = 20_000
/** Greylisting servers want at least this pause before the next try. */
const GREYLIST_MS = 5 * 60_000

/** Options that only tests set. */
export interface EmailTrust {
  readonly ca?: string
}

/** Mail over SMTP, a connection for each: acceptance by the server is all that is known. */
export interface Mailer {
  send(mail: SendMailOptions, signal: AbortSignal): Promise<Outcome<null>>
  /** Null when the server accepts us, else what is wrong. */
  verify(): Promise<string | null>
}

/** The mailer for one server. The secret is read afresh for each connection; with a pace, each mail waits for its turn. */
export function createMailer(config: SmtpConfig, trust: EmailTrust = {}, pace?: Pick<Pace, 'turn'>): Mailer {
  const transport = async (): Promise<Transporter> => {
    // Most installations send no mail, and the library is large.
    const { createTransport } = await import('nodemailer')
    const auth =
      config.user !== undefined && config.secret ? { auth: { user: config.user, pass: readSecret(config.secret) } } : {}
    return createTransport({
      host: config.host,
      port: config.port,
      secure: config.tls === 'implicit',
      requireTLS: config.tls === 'starttls',
      ignoreTLS: config.tls === 'none',
      tls: { rejectUnauthorized: true, ...(trust.ca ? { ca: trust.ca } : {}) },
      connectionTimeout: DEADLINE_MS,
      greetingTimeout: DEADLINE_MS,
      socketTimeout: DEADLINE_MS,
      // Nothing outside the message is ever read into a mail.
      disableFileAccess: true,
      disableUrlAccess: true,
      ...auth,
    })
  }
  return {
    send: async (mail, signal) => {
      if (signal.aborted || (pace && !(await pace.turn(signal)))) return { kind: 'retry', message: 'stopped' }
      let mailer: Transporter
      try {
        mailer = await transport()
      } catch (error) {
        return rejected('misconfigured', messageOf(error))
      }
      const stopped = abortOf(signal)
      try {
        await Promise.race([mailer.sendMail(mail), stopped.promise])
        return delivered(null)
      } catch (error) {
        return judge(error)
      } finally {
        stopped.forget()
        mailer.close()
      }
    },
    verify: async () => {
      try {
        const mailer = await transport()
        await mailer.verify().finally(() => mailer.close())
        return null
      } catch (error) {
        return messageOf(error)
      }
    },
  }
}

/** Rejects when the signal aborts: nodemailer has no signal of its own, and what it goes on doing is of unknown outcome. */
function abortOf(signal: AbortSignal): { readonly promise: Promise<never>; forget(): void } {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(new Error('stopped'))
  signal.addEventListener('abort', stop, { once: true })
  return { promise, forget: () => signal.removeEventListener('abort', stop) }
}

/** What nodemailer puts on its errors. */
interface SmtpFailure {
  readonly code?: string
  readonly responseCode?: number
  readonly command?: string
}

function judge(error: unknown): Outcome<never> {
  const { code, responseCode, command } = error as SmtpFailure
  const message = messageOf(error)
  if (code === 'EAUTH') return rejected('unauthorised', message)
  if (code === 'ETLS') return rejected('misconfigured', message)
  if (responseCode !== undefined && responseCode >= 500) return rejected('invalid', message)
  if (responseCode !== undefined && responseCode >= 400) return { kind: 'retry', message, afterMs: GREYLIST_MS }
  // Until the data are sent nothing can have arrived.
  return command === 'DATA' || command === undefined ? { kind: 'unknown', message } : { kind: 'retry', message }
}
