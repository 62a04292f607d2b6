import type { Bilingual, Priority } from '@tillwatch/rules'
import { type EpochMs, factDefinition } from '@tillwatch/shared'
import type {
  FrequencyKind,
  IncidentCategory,
  IncidentKind,
  IncidentSource,
  IncidentType,
  RelatedKind,
  SupportLine,
} from '@tillwatch/shared/api'
import { guessText } from '../fleet/silence-cause.ts'
import type { Incident } from '../incidents/incident.ts'
import { localTime } from '../incidents/local-time.ts'
import { PRIORITY_WORDS } from '../incidents/phrases.ts'
import { ciOf, gapsOf, type TicketContext } from '../incidents/ticket-context.ts'
import { CATEGORY_WORDS, KIND_WORDS, SOURCE_WORDS, TYPE_WORDS } from '../incidents/words.ts'

export type Language = keyof Bilingual
/** Something at a moment, in the time of the place. */
interface Step {
  readonly at: string
  readonly text: string
}

/**
 * The incident record of the iiko9000 service standard as plain values in one language: what templates of tickets see, by these names.
 * Texts are for people, `…_code` and numbers for conditions; times are those of the site. Null or empty: nobody knows it.
 */
export interface IncidentRecord {
  readonly number: number
  readonly key: string
  /** How often the same cause was opened, this one included. */
  readonly episode: number
  readonly kind: string
  readonly kind_code: IncidentKind
  readonly category: string
  readonly category_code: IncidentCategory
  readonly type: string
  readonly type_code: IncidentType
  readonly source: string
  readonly source_code: IncidentSource
  readonly cause_code: string
  readonly line: SupportLine
  readonly title: string
  readonly explanation: string
  readonly since: string
  readonly registered: string
  readonly time_to_stop: string | null
  readonly stops_at: string | null
  readonly priority: string
  readonly priority_level: Priority
  readonly priority_reason: string
  /** Why it is critical. */
  readonly critical: string | null
  readonly expected: string
  readonly runbook: string
  readonly client: string | null
  readonly legal_entity: string | null
  readonly inn: string | null
  readonly site: string | null
  readonly address: string | null
  readonly terminal: string | null
  readonly ci: string
  readonly model: string | null
  readonly serial: string | null
  readonly registration_number: string | null
  readonly fiscal_drive: string | null
  readonly component: string
  readonly versions: readonly { readonly name: string; readonly value: string }[]
  readonly hours: string | null
  readonly registers: number | null
  readonly access: string | null
  readonly contact: string | null
  /** Programs for remote access and their ids; never a secret. */
  readonly remote_access: readonly string[]
  readonly zone: string
  readonly link: string | null
  readonly gaps: readonly string[]
  readonly likely_causes: readonly string[]
  readonly frequency: string
  readonly frequency_code: FrequencyKind
  readonly times_day: number
  readonly times_week: number
  readonly times_month: number
  readonly good_until: string | null
  readonly related: readonly (Step & { readonly kind_code: RelatedKind })[]
  readonly done: readonly Step[]
  readonly known_error: string | null
  readonly known_error_number: number | null
  readonly workaround: string | null
  readonly known_error_runbook: string | null
}

/** A known error that an incident fits. */
export interface KnownErrorFacts {
  readonly number: number
  readonly title: Bilingual
  readonly workaround: string
  readonly runbook: string | null
}

/** What a record takes from beside the incident and its place. */
export interface RecordSurroundings {
  /** Asked only when a template wants it. */
  readonly knownErrorOf: (incident: Incident) => KnownErrorFacts | null
  /** Address of the portal; null when the installation has none. */
  readonly publicUrl: string | null
}

/** The record. What is dear to read, the history and the known error, is read when it is asked for. */
export function recordOf(
  incident: Incident,
  context: TicketContext,
  { knownErrorOf, publicUrl }: RecordSurroundings,
  language: Language,
): IncidentRecord {
  const say = (text: Bilingual) => text[language]
  const time = (at: EpochMs) => localTime(at, context.timezone)
  const steps = <T extends { readonly at: EpochMs; readonly text: Bilingual }>(all: readonly T[]) =>
    all.map(({ at, text }) => ({ at: time(at), text: say(text) }))
  const { timeToStop, criticalReason } = incident
  let known: KnownErrorFacts | null | undefined
  const knownError = () => {
    if (known === undefined) known = knownErrorOf(incident)
    return known
  }
  return {
    number: incident.number,
    key: incident.deskKey,
    episode: incident.episode,
    kind: say(KIND_WORDS[incident.kind]),
    kind_code: incident.kind,
    category: say(CATEGORY_WORDS[incident.category]),
    category_code: incident.category,
    type: say(TYPE_WORDS[incident.type]),
    type_code: incident.type,
    source: say(SOURCE_WORDS[incident.source]),
    source_code: incident.source,
    cause_code: incident.causeClass,
    line: incident.line,
    title: say(incident.title),
    explanation: say(incident.explanation),
    since: time(incident.onsetAt),
    registered: time(incident.openedAt),
    time_to_stop: timeToStop && say(timeToStop.text),
    stops_at: timeToStop && time(timeToStop.at),
    priority: say(PRIORITY_WORDS[incident.priority]),
    priority_level: incident.priority,
    priority_reason: say(incident.priorityReason),
    critical: criticalReason && say(criticalReason),
    expected: say(incident.expected),
    runbook: incident.runbook,
    client: context.client,
    legal_entity: context.legalEntity,
    inn: context.inn,
    site: context.site,
    address: context.address,
    terminal: context.terminal,
    ci: ciOf(context),
    model: factText(context, 'fiscal.register.model'),
    serial: context.kind === 'register' ? context.identity : null,
    registration_number: factText(context, 'fiscal.register.registration_number'),
    fiscal_drive: factText(context, 'fiscal.fn.serial'),
    component: say(incident.component),
    hours: context.hours,
    registers: context.registers > 0 ? context.registers : null,
    access: context.access,
    contact: context.contact,
    zone: context.timezone,
    link: publicUrl === null ? null : new URL(`/incidents/${incident.id}`, publicUrl).href,
    gaps: gapsOf(context).map(say),
    get versions() {
      return versionsOf(context, language)
    },
    get remote_access() {
      return context.around.remoteAccess
    },
    get likely_causes() {
      return context.history.silence.map(guess => say(guessText(guess)))
    },
    get frequency() {
      return say(context.history.frequency.text)
    },
    get frequency_code() {
      return context.history.frequency.kind
    },
    get times_day() {
      return context.history.frequency.day
    },
    get times_week() {
      return context.history.frequency.week
    },
    get times_month() {
      return context.history.frequency.month
    },
    get good_until() {
      const { lastGoodAt } = context.history.frequency
      return lastGoodAt === null ? null : time(lastGoodAt)
    },
    get related() {
      const { related } = context.history
      return steps(related).map((step, index) => ({ ...step, kind_code: related[index]?.kind ?? 'setting' }))
    },
    get done() {
      return steps(context.history.done)
    },
    get known_error() {
      const error = knownError()
      return error && say(error.title)
    },
    get known_error_number() {
      return knownError()?.number ?? null
    },
    get workaround() {
      return knownError()?.workaround ?? null
    },
    get known_error_runbook() {
      return knownError()?.runbook ?? null
    },
  }
}

function factText(context: TicketContext, name: string): string | null {
  const value = context.facts[name]?.value
  return value === undefined || value === null ? null : String(value)
}

const VERSION_FACTS = [
  'fiscal.register.firmware',
  'fiscal.driver.version',
  'fiscal.register.ffd',
  'agent.version',
] as const

function versionsOf(context: TicketContext, language: Language): IncidentRecord['versions'] {
  const own = VERSION_FACTS.flatMap(name => {
    const value = factText(context, name)
    return value === null ? [] : { name: factDefinition(name)[language], value }
  })
  return [...context.around.programs, ...own]
}
