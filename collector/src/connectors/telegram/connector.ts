import { z } from 'zod'
import {
  type Connector,
  type DeskMessage,
  delivered,
  type Outcome,
  type ProbeStep,
  rejected,
  shortened,
  type Ticket,
  USUAL_PLACE,
} from '../connector.ts'
import type { HttpClient } from '../http-client.ts'
import { createFindings } from '../probing.ts'
import { type BotApi, createBotApi, type Parameters, type Reply } from './bot-api.ts'
import { keyboardOf } from './buttons.ts'
import type { TelegramConfig } from './config.ts'
import {
  BODY_MAX,
  CAPTION_MAX,
  type Card,
  cardAfter,
  cardOf,
  cardStanding,
  cardText,
  type Heading,
  messageUrl,
  replyText,
  TITLE_MAX,
  writtenCard,
  writtenOf,
} from './mapping.ts'
import { createPeople } from './people.ts'

const sentMessage = z.object({ message_id: z.number().int() })
const me = z.object({ username: z.string() })
const webhookInfo = z.object({ url: z.string() })
const chatInfo = z.object({ type: z.string(), title: z.string().optional(), is_forum: z.boolean().default(false) })

/**
 * Messages of a bot in a chat of Telegram: a card for each incident, edited as it goes on, and what is new under it. Nothing can be looked
 * up there, so that a message whose answer was lost comes twice or never, as the settings say for its priority. Those who are listed act
 * by its buttons and by answers to it. `quick` is for calls that do not count as messages, and waits longer than `LOOK_DEADLINE_MS`.
 */
export function createTelegramConnector(config: TelegramConfig, http: HttpClient, quick: HttpClient): Connector {
  const api = createBotApi(config, http, quick)
  const { language } = config
  const mayAct = config.people.length > 0
  const { changedSince } = createPeople(config, api)

  const where = { message_thread_id: config.thread_id }
  const style = { parse_mode: 'HTML', link_preview_options: { is_disabled: true } }
  /** False for one that may have arrived and is not worth a second one. */
  const isWanted = (message: DeskMessage) => !message.mayHaveArrived || config.repeat.includes(message.priority)

  /** Writes a card, as a new message or over an old one. Null: the old one is there no more. */
  const writeCard = async (card: Card, over: number | null, signal: AbortSignal): Promise<Outcome<number | null>> => {
    const method = over === null ? 'sendMessage' : 'editMessageText'
    const target =
      over === null ? { ...where, disable_notification: isSilent(config, card.level) } : { message_id: over }
    const link = card.link === '' ? null : card.link
    const parametersOf = (button: boolean): Parameters => ({
      ...target,
      ...style,
      text: cardText(card, language, button ? null : link),
      reply_markup: keyboardOf(card, language, mayAct, button ? link : null),
    })
    let reply = await api.act(method, parametersOf(true), signal)
    // Addresses inside a network of one's own are no buttons to Telegram.
    if (reply.kind === 'delivered' && 'remedy' in reply.value && reply.value.remedy === 'bad_button') {
      reply = await api.act(method, parametersOf(false), signal)
    }
    if (reply.kind !== 'delivered') return reply
    if ('result' in reply.value) return over === null ? numberOf(reply.value.result) : delivered(over)
    if (reply.value.remedy === 'unchanged') return delivered(over)
    if (reply.value.remedy === 'no_message') return delivered(null)
    return rejected('invalid', `Telegram does not take the message: ${reply.value.remedy}`)
  }

  const ticketOf = (card: Card, messageId: number, ticket: Ticket | null): Ticket => ({
    id: `${api.chat}:${messageId}`,
    number: null,
    url: messageUrl(api.chat, config.thread_id, messageId),
    written: { ...ticket?.written, ...writtenOf(card), messageId },
  })

  const create = async (message: DeskMessage, signal: AbortSignal): Promise<Outcome<Ticket>> => {
    const card = cardOf(message)
    if (!isWanted(message)) return delivered({ id: message.eventId, number: null, url: null, written: writtenOf(card) })
    const sent = await writeCard(card, null, signal)
    if (sent.kind !== 'delivered') return sent
    return sent.value === null
      ? rejected('invalid', 'no message was made')
      : delivered(ticketOf(card, sent.value, null))
  }

  /** What is new, under the card; without one, by itself. */
  const say = async (
    ticket: Ticket,
    message: DeskMessage,
    heading: Heading,
    signal: AbortSignal,
  ): Promise<Outcome<Ticket>> => {
    if (!isWanted(message)) return delivered(ticket)
    const parameters = {
      ...where,
      ...style,
      ...replyTo(ticket),
      text: replyText(message, heading, language, urlOf(ticket)),
      disable_notification: message.kind === 'comment' || isSilent(config, message.priority),
    }
    const reply = await api.act('sendMessage', parameters, signal)
    return reply.kind === 'delivered' ? delivered(ticket) : reply
  }

  /** The card as it is now, then the news under it. */
  const follow = async (
    ticket: Ticket,
    message: DeskMessage,
    heading: Heading,
    signal: AbortSignal,
  ): Promise<Outcome<Ticket>> => {
    const card = cardAfter(ticket, message, heading)
    const old = messageIdOf(ticket)
    let written = old === null ? delivered(null) : await writeCard(card, old, signal)
    if (written.kind === 'delivered' && written.value === null) written = await writeCard(card, null, signal)
    if (written.kind !== 'delivered') return written
    const now = written.value === null ? ticket : ticketOf(card, written.value, ticket)
    return say(now, message, card.heading, signal)
  }

  return {
    kind: 'telegram',
    name: config.name,
    language,
    capabilities: {
      keySearch: false,
      internalComment: false,
      titleMax: TITLE_MAX,
      bodyMax: BODY_MAX,
      fileMax: config.file_max,
    },
    probe: async (signal, placements = []) => {
      const steps = await probe(config, api, signal)
      const placed = placements.filter(({ routes: _, ...each }) => JSON.stringify(each) !== JSON.stringify(USUAL_PLACE))
      const message = 'a chat has no places: give each chat a desk of its own'
      return placed.length === 0 ? steps : [...steps, { name: 'place', ok: false, message }]
    },
    create,
    comment: (ticket, message, signal) => say(ticket, message, headingOf(ticket), signal),
    setStatus: (ticket, to, message, signal) => follow(ticket, message, to, signal),
    setPriority: (ticket, message, signal) => follow(ticket, message, headingOf(ticket), signal),
    ...(mayAct ? { changedSince } : {}),
    show: async (ticket, standing, signal) => {
      const card = cardStanding(ticket, standing)
      const old = messageIdOf(ticket)
      // A card that was lost or deleted is written anew with the next news.
      if (!card || old === null) return delivered(ticket)
      const written = await writeCard(card, old, signal)
      if (written.kind !== 'delivered') return written
      return delivered(written.value === null ? ticket : ticketOf(card, written.value, ticket))
    },
    attach: async (ticket, file, signal) => {
      const mark = `file ${file.name}`
      if (mark in ticket.written) return delivered(ticket)
      const parameters = {
        ...where,
        ...replyTo(ticket),
        caption: shortened(file.name, CAPTION_MAX),
        document: new File([Buffer.from(file.bytes)], file.name, { type: file.type }),
        disable_notification: true,
      }
      const reply = await api.act('sendDocument', parameters, signal)
      if (reply.kind !== 'delivered') return reply
      return delivered({ ...ticket, written: { ...ticket.written, [mark]: 1 } })
    },
  }
}

const isSilent = (config: TelegramConfig, level: DeskMessage['priority']): boolean => config.silent.includes(level)

const messageIdOf = (ticket: Ticket): number | null => {
  const { messageId } = ticket.written
  return typeof messageId === 'number' ? messageId : null
}

const replyTo = (ticket: Ticket): Parameters => {
  const messageId = messageIdOf(ticket)
  // A card that people deleted must not keep the news back.
  return messageId === null ? {} : { reply_parameters: { message_id: messageId, allow_sending_without_reply: true } }
}

const headingOf = (ticket: Ticket): Heading => writtenCard(ticket)?.heading ?? 'open'

/** Where its card is; null for one that was rather lost. */
const urlOf = (ticket: Ticket): string | null => (messageIdOf(ticket) === null ? null : ticket.url)

function numberOf(result: unknown): Outcome<number> {
  const parsed = sentMessage.safeParse(result)
  return parsed.success
    ? delivered(parsed.data.message_id)
    : { kind: 'unknown', message: 'the answer does not say which message was made' }
}

/** The bot, its chat, the right to write there and to hear of presses. "Typing…" leaves nothing behind. */
async function probe(config: TelegramConfig, api: BotApi, signal: AbortSignal): Promise<readonly ProbeStep[]> {
  const { steps, note } = createFindings()
  const bot = note('bot', checked('getMe', me, await api.call('getMe', {}, signal)), value => `@${value.username}`)
  const asked = bot && checked('getChat', chatInfo, await api.act('getChat', {}, signal))
  const chat = asked && note('chat', asked, value => value.title ?? value.type)
  if (!chat) return steps
  if (config.thread_id !== undefined && !chat.is_forum) {
    note('topic', rejected('misconfigured', 'the chat has no topics: leave out `thread_id`'), () => '')
  }
  const typing = { action: 'typing', message_thread_id: config.thread_id }
  note('writing', await api.act('sendChatAction', typing, signal), () =>
    api.chat === config.chat_id ? 'allowed' : `the group became a supergroup: set chat_id: ${api.chat}`,
  )
  if (config.people.length > 0)
    note('buttons', await probeReading(api, signal), () => `presses of ${config.people.length} listed people count`)
  return steps
}

/** A look for presses would interrupt the one that waits for them; whether somebody else gets them can be asked. */
async function probeReading(api: BotApi, signal: AbortSignal): Promise<Outcome<unknown>> {
  const hook = checked('getWebhookInfo', webhookInfo, await api.call('getWebhookInfo', {}, signal))
  if (hook.kind !== 'delivered' || hook.value.url === '') return hook
  return rejected(
    'misconfigured',
    'the bot sends presses to another program: remove its webhook, or make a bot of its own',
  )
}

function checked<T>(method: string, schema: z.ZodType<T>, reply: Outcome<Reply>): Outcome<T> {
  if (reply.kind !== 'delivered') return reply
  const parsed = schema.safeParse('result' in reply.value ? reply.value.result : null)
  return parsed.success
    ? delivered(parsed.data)
    : rejected('misconfigured', `the answer to ${method} is not what Telegram gives`)
}
