import { type Connector, type DeskFile, type DeskMessage, delivered, type Outcome, type Ticket } from '../connector.ts'
import type { Pace } from '../pace.ts'
import type { EmailConfig } from './config.ts'
import { createMailer, type EmailTrust } from './mailer.ts'
import { BODY_MAX, fileMailOf, mailOf, SUBJECT_MAX } from './mapping.ts'

/**
 * Mail to a desk's mailbox over SMTP. Acceptance by the server is all that is known, so mails arrive at least once, always under the same
 * Message-ID, and hang together in one thread.
 */
export function createEmailConnector(config: EmailConfig, trust: EmailTrust = {}, pace?: Pace): Connector {
  const mailer = createMailer(config, trust, pace)
  const send = async (message: DeskMessage, thread: Ticket | null, signal: AbortSignal): Promise<Outcome<Ticket>> => {
    const mail = mailOf(config, message, thread)
    const sent = await mailer.send(mail, signal)
    if (sent.kind !== 'delivered') return sent
    return delivered(thread ?? { id: mail.messageId, number: null, url: null, written: { subject: mail.subject } })
  }

  const attach = async (ticket: Ticket, file: DeskFile, signal: AbortSignal): Promise<Outcome<Ticket>> => {
    const sent = await mailer.send(fileMailOf(config, ticket, file), signal)
    return sent.kind === 'delivered' ? delivered(ticket) : sent
  }

  return {
    kind: 'email',
    name: config.name,
    language: config.language,
    capabilities: {
      keySearch: false,
      internalComment: false,
      titleMax: SUBJECT_MAX,
      bodyMax: BODY_MAX,
      fileMax: config.file_max,
    },
    probe: async () => {
      const problem = await mailer.verify()
      return [{ name: 'server', ok: problem === null, message: problem ?? `${config.host}:${config.port} accepts us` }]
    },
    create: (message, signal) => send(message, null, signal),
    comment: (ticket, message, signal) => send(message, ticket, signal),
    setStatus: (ticket, _to, message, signal) => send(message, ticket, signal),
    setPriority: (ticket, message, signal) => send(message, ticket, signal),
    ...(config.file_max === 0 ? {} : { attach }),
  }
}
