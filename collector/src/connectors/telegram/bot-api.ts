import { AppError } from '@tillwatch/shared'
import { z } from 'zod'
import { delivered, type Outcome, rejected } from '../connector.ts'
import { createDeskApi, type DeskAnswer, type DeskApi, type DeskCall, parseJson } from '../desk-api.ts'
import type { HttpClient } from '../http-client.ts'
import { multipartOf } from '../multipart.ts'
import { readSecret } from '../settings.ts'
import type { TelegramConfig } from './config.ts'

/** Refusals that call for another call, not for a person. */
export type Remedy = 'unchanged' | 'no_message' | 'bad_button'

/** What a method gave: its result, or why it wants to be called in another way. */
export type Reply = { readonly result: unknown } | { readonly remedy: Remedy }

/** Methods of the Bot API, for one chat. */
export interface BotApi {
  /** Calls a method that is about no chat, or waits for news; such calls do not count as messages. `writes`: false for a look. */
  call(method: string, parameters: Parameters, signal: AbortSignal, writes?: boolean): Promise<Outcome<Reply>>
  /** The bot's own number. Throws `desk.secret`. */
  bot(): number
  /** Does something in the chat, which follows a group that became a supergroup. */
  act(method: string, parameters: Parameters, signal: AbortSignal): Promise<Outcome<Reply>>
  /** The chat that is written to now. */
  readonly chat: number | string
}

/** Values of a method; files make the call one of several parts. */
export type Parameters = Readonly<Record<string, string | number | boolean | object | Blob | undefined>>

const TOKEN = /^\d+:[\w-]+$/
/** A pause that the bot is asked for is at most this long. */
const WAIT_MS_MAX = 3_600_000

const refusal = z.object({
  ok: z.literal(false),
  error_code: z.number().optional(),
  description: z.string().default(''),
  parameters: z
    .object({ retry_after: z.number().nonnegative().optional(), migrate_to_chat_id: z.number().int().optional() })
    .default({}),
})
const success = z.object({ ok: z.literal(true), result: z.unknown() })

const REMEDIES: readonly (readonly [RegExp, Remedy])[] = [
  [/message is not modified/i, 'unchanged'],
  [/message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i, 'no_message'],
  [/button url|wrong http url/i, 'bad_button'],
]

/** The Bot API with the token of the settings. `quick` is for calls that do not count as messages, and may wait longer. */
export function createBotApi(config: TelegramConfig, http: HttpClient, quick: HttpClient): BotApi {
  let chat: number | string = config.chat_id
  const paced = apiOf(config, http)
  const unpaced = apiOf(config, quick)
  const act: BotApi['act'] = async (method, parameters, signal) => {
    const sent = await send(paced, method, { chat_id: chat, ...parameters }, signal)
    if (sent.kind !== 'delivered') return sent
    if ('reply' in sent.value) return delivered(sent.value.reply)
    const { movedTo } = sent.value
    if (movedTo === chat) return rejected('invalid', 'Telegram: the group moves to itself')
    chat = movedTo
    return act(method, parameters, signal)
  }
  return {
    get chat() {
      return chat
    },
    act,
    call: async (method, parameters, signal, writes = true) => {
      const sent = await send(unpaced, method, parameters, signal, writes)
      if (sent.kind !== 'delivered') return sent
      if ('reply' in sent.value) return delivered(sent.value.reply)
      return rejected('invalid', `Telegram: the chat is ${sent.value.movedTo} now`)
    },
    bot: () => Number.parseInt(tokenOf(config), 10),
  }
}

const apiOf = (config: TelegramConfig, http: HttpClient): DeskApi =>
  createDeskApi({
    desk: 'Telegram',
    url: config.url,
    allowPrivate: config.allow_private,
    headers: () => {
      tokenOf(config)
      return {}
    },
    wordsOf: text => refusal.safeParse(parseJson(text)).data?.description ?? null,
    readingOf,
    hints: { 401: 'Check the token in the secret.', 404: 'Check the token in the secret, and the address.' },
    http: hidingToken(config, http),
  })

/** What came of a call: an answer, or that the group has another number now. */
type Sent = { readonly reply: Reply } | { readonly movedTo: number }

async function send(
  api: DeskApi,
  method: string,
  parameters: Parameters,
  signal: AbortSignal,
  writes = true,
): Promise<Outcome<Sent>> {
  const body = await bodyOf(parameters)
  const answer = await api.call({ method: 'POST', path: `/${method}`, writes, ...body }, signal)
  if (answer.kind !== 'delivered') return answer
  const value = parseJson(answer.value.text)
  const good = success.safeParse(value)
  if (good.success) return delivered({ reply: { result: good.data.result } })
  const refused = refusal.safeParse(value)
  if (!refused.success) {
    return { kind: writes ? 'unknown' : 'retry', message: `the answer to ${method} cannot be read` }
  }
  const { description, parameters: more } = refused.data
  if (more.migrate_to_chat_id !== undefined) return delivered({ movedTo: more.migrate_to_chat_id })
  const remedy = remedyOf(description)
  return remedy ? delivered({ reply: { remedy } }) : rejected('invalid', `Telegram: ${description}`)
}

const remedyOf = (description: string): Remedy | null =>
  REMEDIES.find(([pattern]) => pattern.test(description))?.[1] ?? null

/** Refusals of Telegram stand in the body. Those that a second call can mend are handed on as answers. */
function readingOf({ status, text }: DeskAnswer): Outcome<DeskAnswer> | null {
  const refused = refusal.safeParse(parseJson(text)).data
  if (!refused) return null
  const { description, parameters, error_code: code = status } = refused
  if (code === 429) {
    const afterMs = Math.min((parameters.retry_after ?? 1) * 1000, WAIT_MS_MAX)
    return { kind: 'retry', message: `Telegram asks to wait: ${description}`, afterMs }
  }
  if (code === 403 || /chat not found|chat was deactivated/i.test(description)) {
    return rejected('gone', `Telegram: ${description}. Let the bot into the chat and check \`chat_id\`, then try again`)
  }
  if (code === 409) return rejected('misconfigured', `${conflictOf(description)} Telegram: ${description}`)
  if (code !== 400) return null
  const mends = parameters.migrate_to_chat_id !== undefined || remedyOf(description) !== null
  return mends ? delivered({ status, text, headers: {} }) : rejected('invalid', `Telegram: ${description}`)
}

/** A bot tells what people did to one reader. */
const conflictOf = (description: string): string =>
  /webhook/i.test(description)
    ? 'This bot sends what people do to another program (a webhook is set): remove the webhook, or make a bot of its own.'
    : 'Another program reads this bot as well, perhaps a second collector: only one of them gets a press. Make a bot of its own.'

function tokenOf(config: TelegramConfig): string {
  const token = readSecret(config.secret)
  if (TOKEN.test(token)) return token
  throw new AppError('desk.secret', 'the secret is not the token of a bot', {
    nextStep: 'Put the token there as BotFather gave it: digits, a colon, letters.',
  })
}

/** The token is a part of the address: it is put in at the very last, and taken out of whatever comes back. */
function hidingToken(config: TelegramConfig, http: HttpClient): HttpClient {
  return {
    send: async (wanted, signal) => {
      const token = tokenOf(config)
      const path = wanted.url.slice(config.url.length)
      const answer = await http.send({ ...wanted, url: `${config.url}/bot${token}${path}` }, signal)
      const hide = (text: string) => text.replaceAll(token, '…')
      if (answer.kind === 'answer') return { ...answer, text: hide(answer.text) }
      return { ...answer, message: hide(answer.message) }
    },
  }
}

async function bodyOf(parameters: Parameters): Promise<Pick<DeskCall, 'body' | 'type'>> {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined)
  if (!given.some(([, value]) => value instanceof Blob)) return { body: Object.fromEntries(given) }
  const form = new FormData()
  for (const [name, value] of given) {
    if (value instanceof Blob) form.append(name, value)
    else form.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  return multipartOf(form)
}
