import type { Priority } from '@tillwatch/rules'
import type { IncidentStatus } from '@tillwatch/shared/api'
import { type DeskMessage, type IncidentStanding, shortened, type Ticket } from '../connector.ts'
import { escapedHtml } from '../html.ts'
import { type Language, WORDS } from './words.ts'

export const TITLE_MAX = 200
export const BODY_MAX = 3_000
export const CAPTION_MAX = 1_024
/** UTF-16 units of a message, without its markup. */
const MESSAGE_UNITS_MAX = 4_096

/** What the first line of a card says. */
export type Heading = 'open' | 'solved' | 'closed' | 'reopened'

/** What the card of an incident shows; kept with the ticket, since a bot cannot read what it wrote. */
export interface Card {
  readonly heading: Heading
  readonly level: Priority
  readonly title: string
  readonly body: string
  /** Empty for a card of no incident: nobody can act on it. */
  readonly status: IncidentStatus | ''
  /** Empty when nobody has it. */
  readonly assignee: string
  /** Address of the incident in the portal, or empty. */
  readonly link: string
  /** How often it was written: a press says which one its author saw. */
  readonly edition: number
}

const SIGNS = { 1: '🔴', 2: '🟠', 3: '🟡', 4: '🔵' } as const

/** The card of a new incident. */
export function cardOf(message: DeskMessage): Card {
  const { client, site, ci } = message.subject
  const place = [client, site, ci].filter(Boolean).join(' · ')
  return {
    heading: message.standing ? headingAfter('open', message.standing.status) : 'open',
    level: message.priority,
    title: shortened(message.title.replace(/\s+/g, ' '), TITLE_MAX),
    body: `${fitting(message.text, BODY_MAX)}\n\n${shortened(place, TITLE_MAX)}`,
    status: message.standing?.status ?? '',
    assignee: message.standing?.assignee ?? '',
    link: message.link ?? '',
    edition: 1,
  }
}

/** The card as it was last written, with what the message says of title, level and standing now. */
export function cardAfter(ticket: Ticket, message: DeskMessage, heading: Heading): Card {
  const now = cardOf(message)
  const { body, edition } = writtenCard(ticket) ?? now
  // A cancelled incident is told as solved, and is not.
  const isClosed = heading === 'solved' && now.status === 'closed'
  return { ...now, heading: isClosed ? 'closed' : heading, body, edition: edition + 1 }
}

/** The card as it was last written, in a new standing; null when there is none, or it says so already. */
export function cardStanding(ticket: Ticket, { status, assignee }: IncidentStanding): Card | null {
  const old = writtenCard(ticket)
  if (!old || (old.status === status && old.assignee === (assignee ?? ''))) return null
  return {
    ...old,
    heading: headingAfter(old.heading, status),
    status,
    assignee: assignee ?? '',
    edition: old.edition + 1,
  }
}

function headingAfter(before: Heading, status: IncidentStatus): Heading {
  if (status === 'closed') return before === 'solved' ? 'solved' : 'closed'
  if (status === 'solved') return 'solved'
  return before === 'open' ? 'open' : 'reopened'
}

/** What is kept of a card. */
export const writtenOf = (card: Card): Ticket['written'] => ({ ...card })

/** The card that was last written; null when none was. */
export const writtenCard = ({ written }: Ticket): Card | null =>
  typeof written['body'] === 'string' ? ({ ...EMPTY, ...written } as Card) : null

const EMPTY: Card = {
  ...{ heading: 'open', level: 4, title: '', body: '', status: '', assignee: '', link: '', edition: 1 },
}

const headOf = (level: Priority, heading: Heading, language: Language): string => {
  const words = WORDS[language]
  if (heading === 'solved') return `✅ ${words.solved}`
  if (heading === 'closed') return `☑️ ${words.closed}`
  const named = `${SIGNS[level]} ${words.levels[level]}`
  return heading === 'reopened' ? `🔁 ${words.reopened} · ${named}` : named
}

/** Who has it, for the end of a card. */
function whoOf({ status, assignee }: Card, language: Language): string {
  const words = WORDS[language]
  const wait = status === 'waiting' ? `⏳ ${words.waiting}` : ''
  const active = status === 'in_work' || status === 'waiting'
  const who = assignee === '' ? '' : `👤 ${active ? words.inWork(assignee) : assignee}`
  const lines = [wait, shortened(who, TITLE_MAX)].filter(Boolean).join('\n')
  return lines === '' ? '' : `\n\n${lines}`
}

/** The text of a card in HTML; cut so that the message is taken. `link` is written out when there can be no button. */
export function cardText(card: Card, language: Language, link: string | null): string {
  const head = `${headOf(card.level, card.heading, language)}\n${card.title}`
  const tail = `${whoOf(card, language)}${link === null ? '' : `\n\n${link}`}`
  const body = fitting(card.body, MESSAGE_UNITS_MAX - head.length - tail.length - 2)
  return `<b>${escapedHtml(head)}</b>\n\n${escapedHtml(body + tail)}`
}

/** The text of a message under a card. Its head leads to the card, also for us when somebody answers to it. */
export function replyText(message: DeskMessage, heading: Heading, language: Language, cardUrl: string | null): string {
  const head = headOf(message.priority, heading, language)
  const shown = `<b>${escapedHtml(head)}</b>`
  const linked = cardUrl === null ? shown : `<a href="${cardUrl}">${shown}</a>`
  return `${linked}\n${escapedHtml(fitting(message.text, MESSAGE_UNITS_MAX - head.length - 1))}`
}

/** A text of at most so many UTF-16 units, cut at a character with a mark. */
export function fitting(text: string, units: number): string {
  if (text.length <= units) return text
  let kept = ''
  for (const character of text) {
    if (kept.length + character.length >= units) break
    kept += character
  }
  return `${kept}…`
}

/** Address of a message in a supergroup or channel; others have none. */
export function messageUrl(chat: number | string, threadId: number | undefined, messageId: number): string | null {
  const path = threadId === undefined ? String(messageId) : `${threadId}/${messageId}`
  if (typeof chat === 'string') return `https://t.me/${chat.slice(1)}/${path}`
  return String(chat).startsWith('-100') ? `https://t.me/c/${String(chat).slice(4)}/${path}` : null
}
