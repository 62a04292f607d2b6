import { type DeskOperation, type DeskRequest, type DeskResponse, type Imitation, startImitation } from './imitation.ts'
import {
  BOT,
  type Buttons,
  fine,
  noUpdates,
  oops,
  respondToReader,
  type TelegramUpdates,
  type Values,
} from './telegram-updates.ts'

export interface FakeMessage {
  readonly id: number
  readonly chat: number
  readonly thread: number | null
  readonly replyTo: number | null
  readonly silent: boolean
  text: string
  /** Addresses that its text leads to, from its first character on. */
  links: readonly string[]
  rows: Buttons
  readonly file: { readonly name: string; readonly size: number; readonly type: string } | null
}

/** What an imitation of the Bot API holds, and which of the real one's troubles it makes. */
interface TelegramBooks extends TelegramUpdates {
  readonly messages: FakeMessage[]
  /** The number of the group; another one after it became a supergroup. */
  chat: number
  /** Where the old number leads. */
  migratedFrom: number | null
  isForum: boolean
  /** The bot was thrown out. */
  kicked: boolean
  /** Answers that ask to wait, in the body alone: seconds of each. */
  floods: number[]
  /** The address comes back in the description, token and all. */
  echoesAddress: boolean
}

/** An imitation of Telegram's Bot API in memory. */
export type FakeTelegram = TelegramBooks & Imitation

/** Buttons of a message in the order in which they are read. */
export const buttonsOf = (message: FakeMessage | undefined) => message?.rows.flat() ?? []

export const TOKEN = '123456:AAsecret-of_the_bot'
export const CHAT = -1001234

export const noTroubles = () => ({
  chat: CHAT,
  migratedFrom: null,
  isForum: false,
  kicked: false,
  floods: [],
  echoesAddress: false,
  ...noUpdates(),
})

/** Starts the imitation on loopback. */
export async function startFakeTelegram(): Promise<FakeTelegram> {
  const imitation = await startImitation({
    operationOf,
    respond: request => respond(fake, request),
    forget: () => void fake.messages.pop(),
  })
  const fake: FakeTelegram = Object.assign(imitation, { messages: [], ...noTroubles() })
  return fake
}

function operationOf({ url, body }: DeskRequest): DeskOperation | null {
  if (url.pathname.endsWith('/editMessageText')) return 'change'
  if (!url.pathname.endsWith('/sendMessage')) return null
  return body.includes('reply_parameters') ? 'change' : 'create'
}

const bad = (words: string) => oops(400, `Bad Request: ${words}`)

function respond(fake: TelegramBooks, { method, url, headers, body }: DeskRequest): DeskResponse {
  const [, token, name] = /^\/bot([^/]+)\/(\w+)$/.exec(url.pathname) ?? []
  if (!token || !/^\d+:[\w-]+$/.test(token)) return oops(404, 'Not Found')
  if (token !== TOKEN) return oops(401, `Unauthorized${fake.echoesAddress ? ` ${url.pathname}` : ''}`)
  if (method !== 'POST') return oops(405, 'Method Not Allowed')
  const seconds = fake.floods.shift()
  if (seconds !== undefined) return oops(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })
  const values = valuesOf(headers['content-type'] ?? '', body)
  if (name === 'getMe') return fine({ id: BOT, is_bot: true, username: 'till_watch_bot' })
  const read = respondToReader(fake, name ?? '', values)
  if (read) return read
  const chat = Number(values['chat_id'])
  if (fake.migratedFrom !== null && chat === fake.migratedFrom) {
    return oops(400, 'Bad Request: group chat was upgraded to a supergroup chat', { migrate_to_chat_id: fake.chat })
  }
  if (chat !== fake.chat) return bad('chat not found')
  if (name === 'getChat') return fine({ id: chat, type: 'supergroup', title: 'Кассы', is_forum: fake.isForum })
  if (fake.kicked) return oops(403, 'Forbidden: bot was kicked from the supergroup chat')
  const thread = values['message_thread_id'] === undefined ? null : Number(values['message_thread_id'])
  if (thread !== null && (!fake.isForum || thread !== 42)) return bad('message thread not found')
  if (name === 'sendChatAction') return values['action'] === 'typing' ? fine(true) : bad('wrong parameter action')
  if (name === 'sendMessage') return send(fake, values, thread)
  if (name === 'editMessageText') return edit(fake, values)
  if (name === 'editMessageReplyMarkup') return editButtons(fake, values)
  if (name === 'sendDocument') return sendDocument(fake, values, thread)
  return oops(404, 'Not Found: method not found')
}

/** Parameters as JSON or as parts of a form; anything else is not looked at. */
function valuesOf(type: string, body: Buffer): Values {
  if (type.startsWith('application/json')) return JSON.parse(body.toString('utf8'))
  const boundary = /^multipart\/form-data; ?boundary=(.+)$/.exec(type)?.[1]
  if (!boundary) return {}
  const values: Values = {}
  for (const part of body.toString('latin1').split(`--${boundary}`).slice(1, -1)) {
    const [head = '', ...rest] = part.split('\r\n\r\n')
    const decoded = Buffer.from(head, 'latin1').toString('utf8')
    const value = rest.join('\r\n\r\n').replace(/\r\n$/, '')
    const name = / name="([^"]*)"/.exec(decoded)?.[1] ?? ''
    const file = /filename="([^"]*)"/.exec(decoded)?.[1]
    const fileType = /content-type: (.+)/i.exec(decoded)?.[1]?.trim() ?? ''
    if (file === undefined) values[name] = Buffer.from(value, 'latin1').toString('utf8')
    else values[name] = { name: file, size: value.length, type: fileType }
  }
  if (typeof values['reply_parameters'] === 'string') {
    values['reply_parameters'] = JSON.parse(values['reply_parameters'])
  }
  return values
}

/** What people see of a text in HTML; null when Telegram cannot parse it. */
function shown(html: unknown): string | null {
  if (typeof html !== 'string') return null
  const plain = html.replace(/<\/?b>|<a href="[^"<>]*">|<\/a>/g, '')
  if (/[<>]|&(?!(amp|lt|gt|quot);)/.test(plain)) return null
  return plain
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
}

function wrong(values: Values): DeskResponse | null {
  if (values['text'] === undefined || values['text'] === '') return bad('message text is empty')
  const text = values['parse_mode'] === 'HTML' ? shown(values['text']) : String(values['text'])
  if (text === null) return bad("can't parse entities: unsupported start tag")
  if (text.length > 4096) return bad('message is too long')
  return wrongButtons(rowsOf(values))
}

function wrongButtons(rows: Buttons): DeskResponse | null {
  for (const { url, callback_data: data } of rows.flat()) {
    if (url !== undefined && !new URL(url).hostname.includes('.')) {
      return bad(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`)
    }
    if ((url === undefined) === (data === undefined)) return bad("can't parse inline keyboard button")
    if (data !== undefined && (data === '' || Buffer.byteLength(data) > 64)) return bad('BUTTON_DATA_INVALID')
  }
  return null
}

const rowsOf = (values: Values): Buttons =>
  (values['reply_markup'] as { inline_keyboard?: Buttons } | undefined)?.inline_keyboard ?? []

const linksOf = (html: unknown): string[] =>
  [...String(html).matchAll(/^<a href="([^"]*)">/g)].flatMap(([, url]) => url ?? [])

function add(fake: TelegramBooks, values: Values, thread: number | null, more: Partial<FakeMessage>): DeskResponse {
  const replyTo =
    (values['reply_parameters'] as { message_id: number; allow_sending_without_reply?: boolean } | undefined) ?? null
  const isThere = fake.messages.some(each => each.id === replyTo?.message_id)
  if (replyTo && !isThere && replyTo.allow_sending_without_reply !== true) return bad('message to be replied not found')
  const message: FakeMessage = {
    id: (fake.messages.at(-1)?.id ?? 100) + 1,
    chat: fake.chat,
    thread,
    replyTo: isThere ? (replyTo?.message_id ?? null) : null,
    silent: String(values['disable_notification']) === 'true',
    text: '',
    links: [],
    rows: [],
    file: null,
    ...more,
  }
  fake.messages.push(message)
  return fine({ message_id: message.id, chat: { id: fake.chat }, date: 0 })
}

function send(fake: TelegramBooks, values: Values, thread: number | null): DeskResponse {
  const made = { text: shown(values['text']) ?? '', links: linksOf(values['text']), rows: rowsOf(values) }
  return wrong(values) ?? add(fake, values, thread, made)
}

function edit(fake: TelegramBooks, values: Values): DeskResponse {
  const problem = wrong(values)
  if (problem) return problem
  const message = fake.messages.find(each => each.id === values['message_id'] && each.chat === fake.chat)
  if (!message) return bad('message to edit not found')
  const text = shown(values['text']) ?? ''
  return change(message, text, rowsOf(values))
}

function change(message: FakeMessage, text: string, rows: Buttons): DeskResponse {
  if (message.text === text && JSON.stringify(message.rows) === JSON.stringify(rows)) {
    return bad('message is not modified: specified new message content is exactly the same')
  }
  Object.assign(message, { text, rows })
  return fine({ message_id: message.id })
}

function editButtons(fake: TelegramBooks, values: Values): DeskResponse {
  const message = fake.messages.find(each => each.id === values['message_id'] && each.chat === fake.chat)
  if (!message) return bad('message to edit not found')
  return wrongButtons(rowsOf(values)) ?? change(message, message.text, rowsOf(values))
}

function sendDocument(fake: TelegramBooks, values: Values, thread: number | null): DeskResponse {
  const file = values['document'] as FakeMessage['file'] | undefined
  if (!file || typeof file !== 'object') return bad('there is no document in the request')
  if (String(values['caption'] ?? '').length > 1024) return bad('message caption is too long')
  return add(fake, values, thread, { text: String(values['caption'] ?? ''), file })
}
