import { COMMENT_LENGTH_MAX } from '@tillwatch/shared'
import type { IncidentAction } from '@tillwatch/shared/api'
import { type Changes, delivered, type Outcome, rejected, shortened } from '../connector.ts'
import type { DeskNews, NewsVerdict } from '../desk-news.ts'
import type { BotApi } from './bot-api.ts'
import { asking, type Press, pressOf } from './buttons.ts'
import type { TelegramConfig } from './config.ts'
import { type PressUpdate, type ReplyUpdate, updatesOf } from './update.ts'
import { answerOf, type PressAnswer, told, WORDS } from './words.ts'

/** A look waits so long for news, seconds; the client's deadline has to be longer. */
const LOOK_S = 25
/** Deadline of a look. */
export const LOOK_DEADLINE_MS = (LOOK_S + 15) * 1_000
/** What one look takes: each is answered at once, and a bot may answer thirty times a second. */
const UPDATES_MAX = 20
/** Nothing is left there: what comes next may have any number, since after a quiet week numbers begin anew. */
const NOTHING_LEFT = '0'

/** The acts that presses stand for. */
const ACTS: Readonly<Partial<Record<Press['verb'], IncidentAction>>> = {
  take: { action: 'take' },
  mine: { action: 'take' },
  done: { action: 'solve', text: '' },
  reopen: { action: 'reopen', text: '' },
}
type Acting = 'take' | 'mine' | 'done' | 'reopen'

/** Somebody's news, and how he is told what became of it. */
interface Deed {
  readonly news: DeskNews
  readonly tell: (verdict: NewsVerdict, signal: AbortSignal) => Promise<unknown>
}

/** What people do in the chat: presses and answers of those who are listed, each told what became of it. */
export function createPeople(config: TelegramConfig, api: BotApi) {
  const { language } = config
  const words = WORDS[language]
  const names = new Map(config.people.map(({ telegram, name }) => [telegram, name]))

  /** Nothing depends on it: whoever does not hear it sees the card change. */
  const answer = ({ id }: PressUpdate, { text, alert }: PressAnswer, signal: AbortSignal): Promise<unknown> =>
    api.call('answerCallbackQuery', { callback_query_id: id, text, show_alert: alert }, signal)

  const isHere = ({ id, username }: PressUpdate['message']['chat']): boolean =>
    typeof api.chat === 'number' ? id === api.chat : `@${username ?? ''}`.toLowerCase() === api.chat.toLowerCase()

  /** Is it our chat? A group may have become a supergroup while nobody called it. */
  const isOurs = async (chat: PressUpdate['message']['chat'], signal: AbortSignal): Promise<boolean> => {
    if (isHere(chat)) return true
    if (!isGroup(api.chat) || isGroup(chat.id) || chat.id > 0) return false
    await api.act('sendChatAction', { action: 'typing' }, signal)
    return isHere(chat)
  }

  const takePress = async (press: PressUpdate, signal: AbortSignal): Promise<Deed | null> => {
    if (!(await isOurs(press.message.chat, signal))) return null
    const { from, message } = press
    const name = names.get(from.id)
    if (name === undefined) {
      await answer(press, told(words.stranger(from.id, config.name), true), signal)
      return null
    }
    const wanted = pressOf(press.data)
    if (!wanted) {
      await answer(press, told(words.unknownCard, true), signal)
      return null
    }
    const action = ACTS[wanted.verb]
    if (!action) {
      const reply_markup = asking(wanted, message.reply_markup, language)
      await api.call('editMessageReplyMarkup', { ...placeOf(message), reply_markup }, signal)
      await answer(press, told(wanted.verb === 'solve' ? words.confirm : ''), signal)
      return null
    }
    const verb = wanted.verb as Acting
    const ticketId = `${api.chat}:${message.message_id}`
    // The same person who presses the same button of the same edition twice has pressed it once.
    const id = `${ticketId}:${verb}.${wanted.edition}:${from.id}`
    return {
      news: { id, ticketId, action, author: name, side: 'support', givesWay: verb === 'take' },
      tell: (verdict, later) => answer(press, answerOf(verb, verdict, name, language), later),
    }
  }

  const takeReply = async (reply: ReplyUpdate, signal: AbortSignal): Promise<Deed | null> => {
    const { from, message_id, reply_to_message: answered } = reply
    const name = names.get(from.id)
    const text = (reply.text ?? reply.caption ?? '').trim()
    // People talk among themselves, too: nothing of that is ours.
    if (name === undefined || reply.sender_chat !== undefined || text === '' || text.startsWith('/')) return null
    if (answered.from.id !== api.bot() || !(await isOurs(reply.chat, signal))) return null
    const ticketId = `${api.chat}:${cardNumberOf(answered)}`
    const action = { action: 'comment' as const, text: shortened(text, COMMENT_LENGTH_MAX) }
    return {
      news: { id: `${api.chat}:reply.${message_id}`, ticketId, action, author: name, side: 'support' },
      tell: async ({ what }, later) => {
        if (what === 'repeated') return
        const there = { message_id, allow_sending_without_reply: true }
        const why = what === 'refused' ? words.tooMany : words.notWritten
        if (what === 'done') await api.call('setMessageReaction', { ...placeOf(reply), reaction: [THUMB] }, later)
        else await api.act('sendMessage', { text: why, reply_parameters: there, ...topicOf(config) }, later)
      },
    }
  }

  const deedsOf = async (result: unknown, signal: AbortSignal): Promise<{ deeds: Deed[]; next: string } | null> => {
    const list = updatesOf(result)
    if (!list) return null
    const deeds: Deed[] = []
    for (const update of list.updates) {
      const deed = 'press' in update ? await takePress(update.press, signal) : await takeReply(update.reply, signal)
      if (deed) deeds.push(deed)
    }
    return { deeds, next: list.lastId === null ? NOTHING_LEFT : String(list.lastId + 1) }
  }

  /** What people did since; the first look begins with what comes after it. */
  const changedSince = async (cursor: string | null, signal: AbortSignal): Promise<Outcome<Changes>> => {
    const parameters = {
      // The last one alone, which makes Telegram forget those before it.
      offset: cursor === null ? -1 : Number(cursor),
      timeout: cursor === null ? 0 : LOOK_S,
      limit: UPDATES_MAX,
      allowed_updates: ['callback_query', 'message'],
    }
    const reply = await api.call('getUpdates', parameters, signal, false)
    if (reply.kind !== 'delivered') return reply
    const result = 'result' in reply.value ? reply.value.result : null
    if (cursor === null) {
      const list = updatesOf(result)
      if (list) return delivered({ ids: [], cursor: list.lastId === null ? NOTHING_LEFT : String(list.lastId + 1) })
    }
    const found = cursor === null ? null : await deedsOf(result, signal)
    if (!found) return rejected('misconfigured', 'the answer to getUpdates is not what Telegram gives')
    const { deeds, next } = found
    const tellAll = async (verdicts: readonly NewsVerdict[], later: AbortSignal) => {
      await Promise.all(deeds.map(({ tell }, index) => verdicts[index] && tell(verdicts[index], later)))
    }
    return delivered({ ids: [], news: deeds.map(({ news }) => news), cursor: next, answer: tellAll })
  }
  return { changedSince }
}

const THUMB = { type: 'emoji', emoji: '👍' }

/** A group that may still become a supergroup. */
const isGroup = (chat: number | string): boolean =>
  typeof chat === 'number' && chat < 0 && !`${chat}`.startsWith('-100')

const placeOf = ({ chat, message_id }: Pick<ReplyUpdate, 'chat' | 'message_id'>) => ({ chat_id: chat.id, message_id })

const topicOf = ({ thread_id }: TelegramConfig) => ({ message_thread_id: thread_id })

/** The card that a message of ours is about: news under a card lead to it. */
function cardNumberOf({ message_id, entities }: ReplyUpdate['reply_to_message']): number {
  const link = entities.find(({ type, offset }) => type === 'text_link' && offset === 0)?.url ?? ''
  const number = /^https:\/\/t\.me\/(?:c\/)?\w+\/(?:\d+\/)?(\d+)$/.exec(link)?.[1]
  return number === undefined ? message_id : Number(number)
}
