import { localTextOf } from '@tillwatch/rules'
import {
  CLOCK_TOLERANCE_MS,
  type EpochMs,
  isLogNote,
  LOG_NAME_LENGTH_MAX,
  LOG_NOTES,
  type LogNote,
  redactLines,
  redactText,
} from '@tillwatch/shared'
import { factName } from '@tillwatch/shared/words'
import { valueText } from '../incidents/value-text.ts'
import type { EvidenceLanguage } from './evidence-file.ts'

/** Bytes of one merged log: what a person reads through, and what every desk takes. */
const LOG_BYTES_MAX = 96 * 1024
/** A longer line says no more. */
const LINE_LENGTH_MAX = 1_000

/** Everything around an incident that has a time; plain data. */
export interface LogSources {
  readonly timezone: string
  readonly from: EpochMs
  /** The agent's log, and the logs of other programs with it, as they came, redacted by the agent; null when there is none. */
  readonly agentLog: string | null
  /** PC clock minus ours, ms: the lines of the agent are moved by it. */
  readonly skewMs: number
  /** Values of the item and of its PC that changed. */
  readonly changes: readonly {
    readonly at: EpochMs
    readonly fact: string
    readonly value: unknown
    readonly raw: string | null
  }[]
  /** What the agent and its drivers reported. */
  readonly events: readonly { readonly at: EpochMs; readonly name: string; readonly details: string }[]
}

interface Line {
  readonly at: EpochMs
  readonly text: string
}

const WORDS = {
  head: { ru: 'Журнал по времени объекта', en: 'Log by the time of the site' },
  agent: { ru: 'агент', en: 'agent' },
  change: { ru: 'показание', en: 'reading' },
  event: { ru: 'событие', en: 'event' },
  noAgent: { ru: 'Журнала агента нет.', en: "The agent's log is missing." },
  unknown: { ru: 'неизвестно', en: 'unknown' },
} as const

/** One chronological log of all sources by corrected time (R30), the newest lines that fit; null when nothing is known. */
export function mergedLog(sources: LogSources, language: EvidenceLanguage): string | null {
  const lines = [...agentLines(sources, language), ...changeLines(sources, language), ...eventLines(sources, language)]
  if (lines.length === 0) return null
  const told = lines
    .toSorted((one, other) => one.at - other.at)
    .map(({ at, text }) =>
      `${localTextOf(sources.timezone, at).replace('T', ' ')}  ${onOneLine(text)}`.slice(0, LINE_LENGTH_MAX),
    )
  const head = `${WORDS.head[language]} (${sources.timezone})${sources.agentLog === null ? `. ${WORDS.noAgent[language]}` : ''}`
  return `${[head, '', ...newest(told)].join('\n')}\n`
}

/** A text of several lines stays with its moment. */
const onOneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ')

/** The newest lines within the bytes, in order. */
function newest(lines: readonly string[]): readonly string[] {
  let bytes = 0
  const first = lines.findLastIndex(line => {
    bytes += Buffer.byteLength(line) + 1
    return bytes > LOG_BYTES_MAX
  })
  return lines.slice(first + 1)
}

/** Lines that the agent sent, of its own log and of others; one that tells no time goes with the line before it in its log. */
function agentLines({ agentLog, skewMs, from }: LogSources, language: EvidenceLanguage): readonly Line[] {
  const moveBy = Math.abs(skewMs) <= CLOCK_TOLERANCE_MS ? 0 : -skewMs
  const latest = new Map<string, EpochMs>()
  const told = (agentLog ?? '').split('\n').filter(line => line !== '')
  return redactLines(told).map(line => {
    const { time, log, note, text } = fieldsOf(line)
    const name = log ?? WORDS.agent[language]
    const at = time === null ? (latest.get(name) ?? from) : time + moveBy
    latest.set(name, at)
    return { at, text: `${redactText(name)}: ${note === null ? redactText(text) : LOG_NOTES[note][language]}` }
  })
}

interface Fields {
  readonly time: EpochMs | null
  /** Name of another program's log; null for the agent's own. */
  readonly log: string | null
  /** Why lines are missing here. */
  readonly note: LogNote | null
  readonly text: string
}

function fieldsOf(line: string): Fields {
  try {
    const { level, time, msg, log, note, ...rest } = JSON.parse(line) as Record<string, unknown>
    const at = Date.parse(String(time))
    // What the agent says itself has a level, and its fields are its own.
    const isOwn = level !== undefined
    const more = Object.entries(isOwn ? { ...rest, log, note } : rest).filter(([, value]) => value !== undefined)
    return {
      time: Number.isNaN(at) ? null : at,
      log: !isOwn && typeof log === 'string' ? log.slice(0, LOG_NAME_LENGTH_MAX) : null,
      note: !isOwn && isLogNote(note) ? note : null,
      text: [plain(msg), ...more.map(([name, value]) => `${name}=${plain(value)}`)].join(' '),
    }
  } catch {
    return { time: null, log: null, note: null, text: line }
  }
}

const plain = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)

const changeLines = ({ changes, timezone }: LogSources, language: EvidenceLanguage): readonly Line[] =>
  changes.map(({ at, fact, value, raw }) => {
    const said = value === null ? WORDS.unknown[language] : valueText(fact, value, language, timezone)
    const asRead = raw === null ? '' : ` [${raw}]`
    return { at, text: redactText(`${WORDS.change[language]}: ${factName(fact, language)} = ${said}${asRead}`) }
  })

const eventLines = ({ events }: LogSources, language: EvidenceLanguage): readonly Line[] =>
  events.map(({ at, name, details }) => ({
    at,
    text: redactText(`${WORDS.event[language]}: ${name}${details === '{}' ? '' : ` ${details}`}`),
  }))
