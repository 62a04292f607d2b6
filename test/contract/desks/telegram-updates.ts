import type { DeskResponse } from './imitation.ts'

export const BOT = 123456
export type Values = Record<string, unknown>

export const oops = (code: number, description: string, parameters?: object): DeskResponse => ({
  status: code,
  value: { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) },
})
export const fine = (result: unknown): DeskResponse => ({ status: 200, value: { ok: true, result } })

/** Rows of buttons, as they were sent. */
export type Buttons = readonly (readonly {
  readonly text: string
  readonly url?: string
  readonly callback_data?: string
}[])[]

interface ShownMessage {
  readonly id: number
  readonly chat: number
  readonly text: string
  readonly links: readonly string[]
  readonly rows: Buttons
}

interface FakeUpdate {
  readonly update_id: number
  readonly [kind: string]: unknown
}

/** What people did that the bot has not confirmed, and what the bot answered them. */
export interface TelegramUpdates {
  updates: FakeUpdate[]
  /** Number of the next update; a quiet week makes it anything. */
  nextUpdate: number
  /** Answers to presses by the number of the query. */
  answers: { readonly query: string; readonly text: string; readonly alert: boolean }[]
  /** Messages that were marked as taken. */
  reactions: number[]
  /** Presses that are too old to be answered. */
  expired: Set<string>
  /** Where updates are sent instead of being fetched. */
  webhook: string
  /** Another program asks, too. */
  hasOtherReader: boolean
}

export const noUpdates = (): TelegramUpdates => ({
  ...{ updates: [], nextUpdate: 5_000, answers: [], reactions: [], expired: new Set(), webhook: '' },
  hasOtherReader: false,
})

/** Answers methods that are about no chat; null for others. */
export function respondToReader(fake: TelegramUpdates, name: string, values: Values): DeskResponse | null {
  switch (name) {
    case 'getWebhookInfo':
      return fine({ url: fake.webhook, pending_update_count: fake.updates.length })
    case 'getUpdates':
      return getUpdates(fake, values)
    case 'answerCallbackQuery': {
      const query = String(values['callback_query_id'])
      if (fake.expired.has(query)) {
        return oops(400, 'Bad Request: query is too old and response timeout expired or query ID is invalid')
      }
      const text = String(values['text'] ?? '')
      if (text.length > 200) return oops(400, 'Bad Request: MESSAGE_TOO_LONG')
      fake.answers.push({ query, text, alert: values['show_alert'] === true })
      return fine(true)
    }
    case 'setMessageReaction':
      fake.reactions.push(Number(values['message_id']))
      return fine(true)
    default:
      return null
  }
}

/** An offset confirms what is before it; a negative one counts from the end and confirms what it leaves out. */
function getUpdates(fake: TelegramUpdates, values: Values): DeskResponse {
  if (fake.webhook !== '') {
    return oops(
      409,
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )
  }
  if (fake.hasOtherReader) {
    return oops(
      409,
      'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    )
  }
  const offset = Number(values['offset'] ?? 0)
  if (offset < 0) fake.updates = fake.updates.slice(offset)
  else if (offset > 0) fake.updates = fake.updates.filter(each => each.update_id >= offset)
  const kinds = values['allowed_updates'] as string[]
  const known = fake.updates.filter(each => kinds.some(kind => kind in each))
  return fine(known.slice(0, Number(values['limit'] ?? 100)))
}

/** Who did something, where it was not the group of the bot, and what a changed program may send. */
interface Doing {
  readonly from?: number
  readonly chat?: number
  readonly data?: string
}

function add(fake: TelegramUpdates, kind: string, value: object): void {
  fake.updates.push({ update_id: fake.nextUpdate++, [kind]: value })
}

let queries = 0

/** Presses a button of a message by its words; the number of the query. */
export function press(fake: TelegramUpdates, message: ShownMessage, words: string, doing: Doing = {}): string {
  const button = message.rows.flat().find(({ text }) => text === words)
  if (!button && doing.data === undefined) throw new Error(`no button “${words}”`)
  const query = `q${queries++}`
  const { from = 7, chat = message.chat, data = button?.callback_data } = doing
  add(fake, 'callback_query', {
    ...{ id: query, from: { id: from, is_bot: false, first_name: 'X' }, data, chat_instance: '1' },
    message: {
      ...{ message_id: message.id, date: 1, chat: { id: chat, type: 'supergroup' }, text: message.text },
      reply_markup: { inline_keyboard: message.rows },
    },
  })
  return query
}

/** Answers to a message; the number of the answer. */
export function answer(
  fake: TelegramUpdates,
  message: ShownMessage,
  text: string,
  doing: Doing & { by?: number } = {},
): number {
  const id = 90_000 + fake.nextUpdate
  const { from = 7, chat = message.chat, by = BOT } = doing
  const entities = message.links.map(url => ({ type: 'text_link', offset: 0, length: 3, url }))
  add(fake, 'message', {
    ...{ message_id: id, date: 1, chat: { id: chat, type: 'supergroup' }, from: { id: from, is_bot: false }, text },
    reply_to_message: { message_id: message.id, from: { id: by, is_bot: true }, text: message.text, entities },
  })
  return id
}
