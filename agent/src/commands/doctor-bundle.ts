import { release, type as systemType, version as systemVersion } from 'node:os'
import { join } from 'node:path'
import { detailOf, type EpochMs, FACTS, isFactName, redactLine, type WireItem } from '@tillwatch/shared'
import { DRIVER_NAMES } from '../drivers/registry.ts'
import { createLogFile } from '../log-file.ts'
import { excerptOf } from '../remote/log-excerpt.ts'
import { AGENT_VERSION } from '../version.ts'
import { type Check, verdictOf } from './doctor-check.ts'
import { shownConfig } from './doctor-config.ts'
import type { Examination } from './examination.ts'
import { POLL_TEXTS } from './poll-texts.ts'

/** A file that a messenger or a mail takes without a word. */
export const BUNDLE_BYTES_MAX = 512 * 1024
const LOG_BYTES_MAX = 192 * 1024
const LINE_LENGTH_MAX = 4_096
const CAUSES_MAX = 40

/** All that a look at this PC has brought. */
export interface BundleParts {
  /** ISO 8601, UTC. */
  readonly at: string
  readonly checks: readonly Check[]
  readonly items: readonly WireItem[]
  /** Versions of what is there, a line each. */
  readonly versions: readonly string[]
  /** The configuration without secrets, or why there is none. */
  readonly config: string
  readonly log: string
  /** Words that must not be in it, wherever they come from. */
  readonly secrets: readonly string[]
}

/** The file of an examination; the log and the configuration are read here. */
export function bundleOf(configFile: string | undefined, { files, checks, items }: Examination, now: EpochMs): string {
  const { text, secrets } = shownConfig(configFile, files?.identity ?? null)
  return bundleText({
    at: new Date(now).toISOString(),
    checks,
    items,
    versions: [
      `агент ${AGENT_VERSION}, Node ${process.version}, ${process.platform} ${process.arch}`,
      `${systemType()} ${release()}, ${systemVersion()}`,
      `драйверы: ${DRIVER_NAMES.join(', ')}`,
    ],
    config: text,
    log: files?.config ? createLogFile(join(files.config.data_dir, 'agent.log')).read() : '',
    secrets,
  })
}

/**
 * What an engineer sends from a till without a link: a verdict in words, then all that it stands on. In Russian, for whoever reads it
 * first. Every line goes through the same redaction, whatever part it comes from.
 */
export function bundleText({ at, checks, items, versions, config, log, secrets }: BundleParts): string {
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ['ЗАКЛЮЧЕНИЕ', verdictLines(checks)],
    ['ПРОВЕРКИ', checks.map(({ status, text }) => `${MARKS[status]} ${text.ru}`)],
    ...items.map(item => [titleOf(item), factLines(item)] as const),
    ['НАСТРОЙКИ (без паролей)', config.split('\n')],
    ['ВЕРСИИ', versions],
    ['ЖУРНАЛ, последние строки', excerptOf(log, { since: null, bytesMax: LOG_BYTES_MAX, secrets })],
  ]
  const lines = [
    `Tillwatch, проверка ПК ${at}`,
    '',
    ...sections.flatMap(([title, body]) => [`=== ${title} ===`, ...(body.length > 0 ? body : ['нет']), '']),
  ]
  return bounded(lines.map(line => printable(redactLine(line, secrets)).slice(0, LINE_LENGTH_MAX)))
}

const MARKS = { ok: '[+]', note: '[ ]', warn: '[!]', fail: '[X]' } as const

/** One sentence, then each cause with what to do about it, the worst first. */
function verdictLines(checks: readonly Check[]): string[] {
  const causes = [
    ...checks.filter(({ status }) => status === 'fail'),
    ...checks.filter(({ status }) => status === 'warn'),
  ]
  const told = causes.slice(0, CAUSES_MAX).flatMap(({ text, nextStep }, index) => {
    const line = `${index + 1}. ${text.ru}`
    return nextStep ? [line, `   → ${nextStep.ru}`] : [line]
  })
  return [verdictOf(checks).ru, ...told]
}

const KINDS: Readonly<Record<string, string>> = { register: 'КАССА', pc: 'ПК', volume: 'ДИСК', service: 'СЛУЖБА' }
const titleOf = ({ kind, slot, source }: WireItem): string => `${KINDS[kind] ?? kind} ${slot} (${source})`

const factLines = ({ at, facts }: WireItem): string[] => [
  `прочитано ${at}`,
  ...Object.entries(facts).map(([name, fact]) => {
    const { value, reason, raw, at: readAt, source } = detailOf(fact)
    const label = isFactName(name) ? FACTS[name].ru : name
    const text = reason === undefined ? POLL_TEXTS.ru.value(name, value) : POLL_TEXTS.ru.unknown(reason)
    const beside = [raw !== undefined && `код ${raw}`, readAt, source].filter(Boolean).join(', ')
    return `${label}: ${text}${beside && ` (${beside})`}`
  }),
]

/** A text of a device may hold anything; in a file for people it stays on its line. */
const printable = (line: string): string => line.replace(/\p{Cc}/gu, ' ')

const CUT = '[дальше не поместилось]'

/** Whole lines from the first on, as many as fit. */
function bounded(lines: readonly string[]): string {
  const taken: string[] = []
  let bytes = Buffer.byteLength(CUT) + 1
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1
    if (bytes > BUNDLE_BYTES_MAX) return `${[...taken, CUT].join('\n')}\n`
    taken.push(line)
  }
  return `${taken.join('\n')}\n`
}
