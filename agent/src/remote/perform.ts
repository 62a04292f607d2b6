import {
  type AgentCommand,
  type Clock,
  type CommandResultBody,
  detailOf,
  type EpochMs,
  LOG_NOTES,
  messageOf,
  POLL_NOW_MS_MIN,
  type WireItem,
} from '@tillwatch/shared'
import type { LogFile } from '../log-file.ts'
import type { OtherLogs } from '../logs/other-logs.ts'
import { mergedExcerpt, type ToldLog } from '../logs/told-lines.ts'
import { type Words, words } from '../words.ts'
import { ownLog, piecesOf } from './log-excerpt.ts'
import { answer, type CommandAnswer } from './remote-state.ts'

/** A command that takes a while or reads something; the switches are set by the gate itself. */
export type WorkCommand = Extract<AgentCommand, { do: 'poll_now' | 'collect_log' }>

/** Carries out one command. Resolves with what came of it, never rejects. */
export type Perform = (id: CommandResultBody['id'], command: WorkCommand) => Promise<CommandAnswer>

export interface PerformOptions {
  readonly slots: () => readonly string[]
  /** Why a place is left alone now; null when it is polled. */
  readonly offReason: (slot: string) => string | null
  readonly pollNow: (slot: string) => Promise<WireItem | null>
  readonly log: Pick<LogFile, 'read'>
  /** Ends of the logs of other programs. */
  readonly otherLogs: OtherLogs
  /** The till's clock, which wrote the log, from an instant of the collector's. */
  readonly toLogTime: (at: EpochMs) => EpochMs
  /** Words that must never leave the till. */
  readonly secrets: readonly string[]
  /** Sends one piece of a log; false when it could not be kept. */
  readonly sendPart: (part: { id: string; part: number; parts: number; text: string }) => boolean
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
}

export function createPerform(options: PerformOptions): Perform {
  const poll = createPolls(options)
  return async (id, command) => {
    try {
      return command.do === 'poll_now' ? await poll(command.slot) : await sendLog(id, command, options)
    } catch (thrown) {
      const reason = messageOf(thrown).slice(0, 300)
      return answer('failed', words(`Не получилось: ${reason}`, `It failed: ${reason}`))
    }
  }
}

/** Polls out of turn, each register at its own pace: the port belongs to the sales program. */
function createPolls({ slots, offReason, pollNow, clock }: PerformOptions) {
  const polledAt = new Map<string, number>()
  const refusalOf = (slot: string): Words | null => {
    if (!slots().includes(slot)) return words(`места «${slot}» нет`, `there is no slot "${slot}"`)
    if (offReason(slot) !== null) return words(`${slot}: опрос выключен`, `${slot}: polling is switched off`)
    const agoMs = clock.monotonic() - (polledAt.get(slot) ?? Number.NEGATIVE_INFINITY)
    if (agoMs >= POLL_NOW_MS_MIN) return null
    return words(`${slot}: опрошено только что`, `${slot}: polled just now`)
  }
  return async (wanted: string | undefined): Promise<CommandAnswer> => {
    const asked = wanted === undefined ? slots() : [wanted]
    if (asked.length === 0) return answer('refused', words('На этом ПК нет касс', 'This PC has no registers'))
    const refusals = asked.map(refusalOf)
    const free = asked.filter((_slot, index) => refusals[index] === null)
    if (free.length === 0) return answer('refused', sentence(refusals.flatMap(refusal => refusal ?? [])))
    for (const slot of free) polledAt.set(slot, clock.monotonic())
    const links = await Promise.all(free.map(async slot => linkOf(await pollNow(slot))))
    const told = free.map((slot, index) => linkWords(slot, links[index] ?? null))
    const details = Object.fromEntries(free.map((slot, index) => [slot, links[index] ?? null]))
    const text = sentence([...told, ...refusals.flatMap(refusal => refusal ?? [])])
    return answer(links.every(link => link === null) ? 'failed' : 'done', text, details)
  }
}

const linkOf = (item: WireItem | null): string | null => {
  const link = item?.facts['fiscal.register.link']
  const value = link === undefined ? null : detailOf(link).value
  return typeof value === 'string' ? value : null
}

const LINKS: Readonly<Record<string, Words>> = {
  ok: words('ответила', 'answered'),
  busy: words('порт занят другой программой', 'another program uses the port'),
  silent: words('молчит', 'is silent'),
  error: words('ошибка связи', 'link error'),
}
const UNPOLLED = words('не опрошена', 'was not polled')

function linkWords(slot: string, link: string | null): Words {
  const told = (link === null ? null : LINKS[link]) ?? UNPOLLED
  return words(`${slot}: ${told.ru}`, `${slot}: ${told.en}`)
}

/** Longest text of a result. */
const TEXT_LENGTH_MAX = 500

const sentence = (parts: readonly Words[]): Words =>
  words(
    parts
      .map(({ ru }) => ru)
      .join('; ')
      .slice(0, TEXT_LENGTH_MAX),
    parts
      .map(({ en }) => en)
      .join('; ')
      .slice(0, TEXT_LENGTH_MAX),
  )

async function sendLog(
  id: string,
  { since, bytes_max: bytesMax }: Extract<AgentCommand, { do: 'collect_log' }>,
  { log, otherLogs, secrets, sendPart, toLogTime, clock }: PerformOptions,
): Promise<CommandAnswer> {
  const from = since === undefined ? null : toLogTime(Date.parse(since))
  const others = await otherLogs({ since: from, secrets })
  const logs = [ownLog(log.read(), { since: from, bytesMax, secrets }), ...others]
  const lines = mergedExcerpt(logs, { bytesMax, now: clock.now() })
  if (lines.length === 0) return answer('done', words('За это время в журнале пусто', 'The log of that time is empty'))
  const pieces = piecesOf(lines)
  const kept = pieces.filter((text, part) => sendPart({ id, part, parts: pieces.length, text }))
  if (kept.length < pieces.length)
    return answer('failed', words('На диске нет места для журнала', 'The disk has no room for the log'))
  const told = sentence([words(`Строк: ${lines.length}`, `Lines: ${lines.length}`), ...others.flatMap(unreadWords)])
  return answer('done', told, { lines: lines.length, parts: pieces.length })
}

/** A log of which nothing could be read. */
const unreadWords = ({ name, note }: ToldLog): readonly Words[] =>
  note === null || note === 'cut' ? [] : [words(`${name}: ${LOG_NOTES[note].ru}`, `${name}: ${LOG_NOTES[note].en}`)]
