import type { Priority } from '@tillwatch/rules'
import { type DeskMessage, shortened, type Ticket } from '../connector.ts'
import { escapedHtml } from '../html.ts'

export const TITLE_MAX = 200
export const BODY_MAX = 3_000
export const CAPTION_MAX = 1_024
/** UTF-16 units of a message, without its markup. */
const MESSAGE_UNITS_MAX = 4_096

/** How an incident stands, as the first line of its card says. */
export type Standing = 'open' | 'solved' | 'reopened'

/** What the card of an incident shows; kept with the ticket, since a bot cannot read what it wrote. */
export interface Card {
  readonly standing: Standing
  readonly level: Priority
  readonly title: string
  readonly body: string
}

const WORDS = {
  ru: {
    levels: { 1: 'Блокирующий', 2: 'Критический', 3: 'Важный', 4: 'Незначительный' },
    solved: 'Решено',
    reopened: 'Открыт снова',
    portal: 'Открыть в портале',
  },
  en: {
    levels: { 1: 'Blocking', 2: 'Critical', 3: 'Important', 4: 'Minor' },
    solved: 'Solved',
    reopened: 'Reopened',
    portal: 'Open in the portal',
  },
} as const
type Language = keyof typeof WORDS
const SIGNS = { 1: '🔴', 2: '🟠', 3: '🟡', 4: '🔵' } as const

/** The card of a new incident. */
export function cardOf(message: DeskMessage): Card {
  const { client, site, ci } = message.subject
  const place = [client, site, ci].filter(Boolean).join(' · ')
  return {
    standing: 'open',
    level: message.priority,
    title: shortened(message.title.replace(/\s+/g, ' '), TITLE_MAX),
    body: `${fitting(message.text, BODY_MAX)}\n\n${shortened(place, TITLE_MAX)}`,
  }
}

/** The card as it was last written, in a new standing; the title and the level are what the message says of them now. */
export const cardAfter = (ticket: Ticket, message: DeskMessage, standing: Standing): Card => ({
  ...cardOf(message),
  standing,
  body: String(ticket.written['body'] ?? cardOf(message).body),
})

/** What is kept of a card. */
export const writtenOf = ({ standing, level, title, body }: Card) => ({ standing, level, title, body })

const headOf = (level: Priority, standing: Standing, language: Language): string => {
  const words = WORDS[language]
  if (standing === 'solved') return `✅ ${words.solved}`
  const named = `${SIGNS[level]} ${words.levels[level]}`
  return standing === 'reopened' ? `🔁 ${words.reopened} · ${named}` : named
}

/** The text of a card in HTML; cut so that the message is taken. `link` is written out when there can be no button. */
export function cardText(card: Card, language: Language, link: string | null): string {
  const head = `${headOf(card.level, card.standing, language)}\n${card.title}`
  const tail = link === null ? '' : `\n\n${link}`
  const body = fitting(card.body, MESSAGE_UNITS_MAX - head.length - tail.length - 2)
  return `<b>${escapedHtml(head)}</b>\n\n${escapedHtml(body + tail)}`
}

/** The text of a message under a card. */
export function replyText(message: DeskMessage, standing: Standing, language: Language): string {
  const head = headOf(message.priority, standing, language)
  return `<b>${escapedHtml(head)}</b>\n${escapedHtml(fitting(message.text, MESSAGE_UNITS_MAX - head.length - 1))}`
}

/** The button under a card. */
export const keyboardOf = (link: string, language: Language) => ({
  inline_keyboard: [[{ text: WORDS[language].portal, url: link }]],
})

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
