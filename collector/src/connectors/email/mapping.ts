import { createHash } from 'node:crypto'
import { type DeskFile, type DeskMessage, shortened, type Ticket } from '../connector.ts'
import type { EmailConfig } from './config.ts'

/** Visible characters of a subject that mail programs show. */
export const SUBJECT_MAX = 78
export const BODY_MAX = 100_000

const ACTIONS = {
  ru: { open: '', comment: '', priority: '', solve: 'РЕШЕНО', reopen: 'ОТКРЫТО СНОВА', test: 'ПРОВЕРКА' },
  en: { open: '', comment: '', priority: '', solve: 'SOLVED', reopen: 'REOPENED', test: 'TEST' },
} as const

/** The same for an event on every attempt, so that a mail sent twice is one mail to most programs. */
export const messageIdOf = (eventId: string, from: string): string =>
  `<${eventId}@${from.split('@')[1] ?? 'tillwatch'}>`

/** One subject for all mails of an incident: replies and threads hang on it. The tag comes first, since the end may be cut. */
export function subjectOf(message: DeskMessage): string {
  const tag = `[${message.subject.key}] `
  return tag + shortened(message.title, SUBJECT_MAX - tag.length)
}

/** The subject of the first mail, for all that follow. */
const threadSubject = ({ written }: Ticket, otherwise: string): string => String(written['subject'] ?? otherwise)

/** A mail for nodemailer. `thread` is the incident's first mail. */
export function mailOf(config: EmailConfig, message: DeskMessage, thread: Ticket | null) {
  const action = ACTIONS[config.language][message.kind]
  const tag = `[${message.subject.key}]`
  // The text of a new ticket ends with the tag by itself.
  const lines = [action, message.text, message.link, message.text.includes(tag) ? '' : tag].filter(Boolean)
  return {
    ...envelopeOf(config, message.eventId, thread),
    subject: thread ? threadSubject(thread, subjectOf(message)) : subjectOf(message),
    text: shortened(lines.join('\n\n'), BODY_MAX),
    headers: {
      'X-Tillwatch-Key': message.subject.key,
      'X-Tillwatch-Event': message.eventId,
      'X-Tillwatch-Priority': String(message.priority),
      ...automatic(config),
    },
  }
}

/** A file in a mail of its own, in the incident's thread. */
export const fileMailOf = (config: EmailConfig, thread: Ticket, file: DeskFile) => ({
  ...envelopeOf(config, `${localPart(thread.id)}.${shortHash(file.name)}`, thread),
  subject: threadSubject(thread, file.name),
  text: file.name,
  attachments: [{ filename: file.name, contentType: file.type, content: Buffer.from(file.bytes) }],
  headers: automatic(config),
})

/** Message-IDs are compared all over the world and take ASCII alone: the name of a file is neither. */
const shortHash = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 16)
const localPart = (messageId: string): string => messageId.replace(/^<|@.*$/g, '')

const envelopeOf = (config: EmailConfig, eventId: string, thread: Ticket | null) => ({
  from: config.from,
  to: [...config.to],
  messageId: messageIdOf(eventId, config.from),
  ...(thread ? { inReplyTo: thread.id, references: [thread.id] } : {}),
})

/** Headers that keep other machines from answering. */
const automatic = (config: EmailConfig): Record<string, string> =>
  config.auto_headers
    ? { 'Auto-Submitted': 'auto-generated', Precedence: 'bulk', 'X-Auto-Response-Suppress': 'All' }
    : {}
