import { messageOf } from '@tillwatch/shared'
import { createTransport } from 'nodemailer'
import { type Connector, type DeskMessage, delivered, type Outcome, rejected, type Ticket } from '../connector.ts'
import { readSecret } from '../settings.ts'
import type { EmailConfig } from './config.ts'
import { BODY_MAX, mailOf, SUBJECT_MAX } from './mapping.ts'

const DEADLINE_MS = 20_000
/** Greylisting servers want at least this pause before the next try. */
const GREYLIST_MS = 5 * 60_000

/** Options that only tests set. */
export interface EmailTrust {
  readonly ca?: string
}

/**
 * Mail to a desk's mailbox over SMTP. Acceptance by the server is all that is known, so mails arrive at least once, always under the same
 * Message-ID, and hang together in one thread.
 */
export function createEmailConnector(config: EmailConfig, trust: EmailTrust = {}): Connector {
  const transport = () => {
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

  const send = async (message: DeskMessage, thread: Ticket | null, signal: AbortSignal): Promise<Outcome<Ticket>> => {
    if (signal.aborted) return { kind: 'retry', message: 'stopped' }
    const mail = mailOf(config, message, thread)
    let mailer: ReturnType<typeof transport>
    try {
      mailer = transport()
    } catch (error) {
      return rejected('misconfigured', messageOf(error))
    }
    const stopped = abortOf(signal)
    try {
      await Promise.race([mailer.sendMail(mail), stopped.promise])
      return delivered(thread ?? { id: mail.messageId, number: null, url: null, written: { subject: mail.subject } })
    } catch (error) {
      return judge(error)
    } finally {
      stopped.forget()
      mailer.close()
    }
  }

  return {
    kind: 'email',
    name: config.name,
    language: config.language,
    capabilities: { keySearch: false, internalComment: false, titleMax: SUBJECT_MAX, bodyMax: BODY_MAX },
    probe: async () => {
      try {
        const mailer = transport()
        await mailer.verify().finally(() => mailer.close())
        return [{ name: 'server', ok: true, message: `${config.host}:${config.port} accepts us` }]
      } catch (error) {
        return [{ name: 'server', ok: false, message: messageOf(error) }]
      }
    },
    create: (message, signal) => send(message, null, signal),
    comment: (ticket, message, signal) => send(message, ticket, signal),
    setStatus: (ticket, _to, message, signal) => send(message, ticket, signal),
    setPriority: (ticket, message, signal) => send(message, ticket, signal),
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
