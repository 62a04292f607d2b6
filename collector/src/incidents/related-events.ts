import { type Bilingual, DEFAULT_ZONE } from '@tillwatch/rules'
import { type EpochMs, factDefinition, isFactName } from '@tillwatch/shared'
import type { RelatedKind } from '@tillwatch/shared/api'
import { valueText } from './value-text.ts'

const HOUR_MS = 3_600_000
/** A fault is explained by what happened this long before it, and since. */
export const RELATED_WINDOW_MS = 14 * 24 * HOUR_MS
/** The newest are told; a person who needs more opens the change log. */
const RELATED_MAX = 20
/** What happens every day explains a fault only when it came right before it. */
const DAILY_WINDOW_MS = 48 * HOUR_MS
const DAILY: ReadonlySet<RelatedKind> = new Set(['antivirus', 'restart'])

/** Changes that a technician asks about first, and what each is. `agent` and `slot` tell where an item was seen, `address` the public one. */
const KINDS = {
  'agent.version': 'update',
  'chz.lm.version': 'update',
  'chz.piot.version': 'update',
  'egais.utm.version': 'update',
  'fiscal.driver.version': 'update',
  'fiscal.fn.firmware': 'update',
  'fiscal.register.firmware': 'update',
  'host.os': 'update',
  'pos.app.version': 'update',
  'agent.switched_off': 'setting',
  'fiscal.register.autonomous': 'setting',
  'fiscal.register.ffd': 'setting',
  'fiscal.register.inn': 'setting',
  'fiscal.register.ofd_channel': 'setting',
  'fiscal.register.ofd_host': 'setting',
  'fiscal.register.ofd_inn': 'setting',
  'fiscal.register.ofd_name': 'setting',
  'fiscal.register.ofd_port': 'setting',
  'fiscal.register.registration_number': 'setting',
  'host.clock.source': 'setting',
  'host.disk.total_bytes': 'setting',
  'host.memory.total_bytes': 'setting',
  'host.name': 'setting',
  'fiscal.fn.phase': 'drive',
  'fiscal.fn.serial': 'drive',
  agent: 'moved',
  slot: 'moved',
  'host.antivirus': 'antivirus',
  'host.antivirus_updated_on': 'antivirus',
  'host.boot_at': 'restart',
  address: 'network',
} as const satisfies Record<string, RelatedKind>

/** Names under which the change log is asked. */
export const RELATED_FACTS: readonly string[] = Object.keys(KINDS)

/** One change as the log has it. `from` is undefined for the first value ever seen, which is no change except of a place. */
export interface LoggedChange {
  readonly fact: string
  readonly from: unknown
  readonly to: unknown
  readonly at: EpochMs
  /** Name of the program that it belongs to, when the fact alone does not say. */
  readonly program: string | null
}

/** Something that happened around a fault and may explain it. */
export interface RelatedEvent {
  readonly at: EpochMs
  readonly kind: RelatedKind
  readonly text: Bilingual
}

/** What may explain a fault that began at `onsetAt`, oldest first. */
export function relatedEvents(changes: readonly LoggedChange[], onsetAt: EpochMs): readonly RelatedEvent[] {
  const told = changes.flatMap(change => {
    const kind = kindOf(change.fact)
    if (kind === null || change.at <= onsetAt - RELATED_WINDOW_MS) return []
    if (DAILY.has(kind) && (change.at > onsetAt || change.at <= onsetAt - DAILY_WINDOW_MS)) return []
    if (kind !== 'moved' && (change.from === undefined || change.from === null || change.to === null)) return []
    return [{ at: change.at, kind, text: textOf(change, kind) }]
  })
  return told.sort((a, b) => a.at - b.at).slice(-RELATED_MAX)
}

const kindOf = (fact: string): RelatedKind | null =>
  Object.hasOwn(KINDS, fact) ? KINDS[fact as keyof typeof KINDS] : null

const WORDS: Readonly<Record<RelatedKind, Bilingual>> = {
  update: { ru: 'обновление', en: 'update' },
  setting: { ru: 'изменена настройка', en: 'setting changed' },
  drive: { ru: 'фискальный накопитель', en: 'fiscal drive' },
  moved: { ru: 'перенос', en: 'moved' },
  antivirus: { ru: 'антивирус', en: 'antivirus' },
  restart: { ru: 'перезагрузка ПК', en: 'PC restarted' },
  network: { ru: 'сменился внешний адрес', en: 'public address changed' },
}

const PLACE_NAMES: Readonly<Record<string, Bilingual>> = {
  agent: { ru: 'Рабочее место (агент)', en: 'Terminal (agent)' },
  slot: { ru: 'Подключение', en: 'Slot' },
}

function textOf({ fact, from, to, program }: LoggedChange, kind: RelatedKind): Bilingual {
  const say = (language: keyof Bilingual) => {
    const head = WORDS[kind][language]
    if (kind === 'restart') return head
    // None of these facts is a moment, so that no zone is told.
    const value = (each: unknown) => valueText(fact, each, language, DEFAULT_ZONE).slice(0, VALUE_LENGTH_MAX)
    const values = from === undefined || from === null ? value(to) : `${value(from)} → ${value(to)}`
    if (kind === 'network') return `${head}: ${values}`
    const name = isFactName(fact) ? factDefinition(fact)[language] : (PLACE_NAMES[fact]?.[language] ?? fact)
    return `${head}: ${program === null ? name : `${name}, ${program}`}: ${values}`
  }
  return { ru: say('ru'), en: say('en') }
}

const VALUE_LENGTH_MAX = 200
