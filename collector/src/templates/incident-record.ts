import { type Bilingual, type Priority, STOP_TEXTS, spanText } from '@tillwatch/rules'
import { type EpochMs, factDefinition, redactText } from '@tillwatch/shared'
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
import { localMoment, offsetText } from '../incidents/local-time.ts'
import { PRIORITY_WORDS } from '../incidents/phrases.ts'
import { ciOf, gapsOf, type TicketContext } from '../incidents/ticket-context.ts'
import { CATEGORY_WORDS, KIND_WORDS, SOURCE_WORDS, TYPE_WORDS } from '../incidents/words.ts'
import { readingsOf } from './readings.ts'
import type { RunbookText } from './runbook-texts.ts'

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
  readonly stop_reason: string | null
  readonly priority: string
  readonly priority_level: Priority
  readonly priority_reason: string
  /** Why it is critical. */
  readonly critical: string | null
  readonly expected: string
  readonly runbook: string
  readonly runbook_steps: readonly string[]
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
  /** Last readings of the item that a support line asks for first, each with its name. */
  readonly readings: readonly string[]
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
  readonly client_hint: string | null
}

/** A known error that an incident fits. */
export interface KnownErrorFacts {
  readonly number: number
  readonly title: Bilingual
  readonly workaround: string
  readonly clientHint: string
  readonly runbook: string | null
}

/** What a record takes from beside the incident and its place. */
export interface RecordSurroundings {
  /** Asked only when a template wants it. */
  readonly knownErrorOf: (incident: Incident) => KnownErrorFacts | null
  /** Address of the portal; null when the installation has none. */
  readonly publicUrl: string | null
  /** The runbook that a path names; null when it is none of ours. */
  readonly runbookOf: (path: string) => RunbookText | null
}

/** The record. What is dear to read, the history and the known error, is read when it is asked for. */
export function recordOf(
  incident: Incident,
  context: TicketContext,
  { knownErrorOf, publicUrl, runbookOf }: RecordSurroundings,
  language: Language,
  now: EpochMs,
): IncidentRecord {
  const say = (text: Bilingual) => text[language]
  const time = (at: EpochMs) => localMoment(language, at, context.timezone)
  const steps = <T extends { readonly at: EpochMs; readonly text: Bilingual }>(all: readonly T[]) =>
    all.map(({ at, text }) => ({ at: time(at), text: say(text) }))
  const { criticalReason } = incident
  const titleOf = (runbook: string) => runbookOf(runbook)?.title[language] ?? runbook
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
    since: `${time(incident.onsetAt)} (${offsetText(incident.onsetAt, context.timezone)})`,
    registered: time(incident.openedAt),
    ...stopOf(incident, language, time, now),
    priority: say(PRIORITY_WORDS[incident.priority]),
    priority_level: incident.priority,
    priority_reason: priorityReasonOf(incident, language),
    critical: criticalReason && say(criticalReason),
    expected: say(incident.expected),
    runbook: titleOf(incident.runbook),
    get runbook_steps() {
      return runbookOf(incident.runbook)?.steps[language] ?? []
    },
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
    access: context.access === null ? null : redactText(context.access),
    contact: context.contact,
    zone: context.timezone,
    link: publicUrl === null ? null : new URL(`/incidents/${incident.id}`, publicUrl).href,
    gaps: gapsOf(context).map(say),
    get versions() {
      return versionsOf(context, language)
    },
    get remote_access() {
      return context.around.remoteAccess.map(tool => redactText(tool))
    },
    get readings() {
      return readingsOf(incident.category, context.facts, language, context.timezone)
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
      // What was good until the fault began says nothing new.
      return lastGoodAt === null || lastGoodAt === incident.onsetAt ? null : time(lastGoodAt)
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
      return error && `${language === 'ru' ? '№' : '#'}${error.number} ${say(error.title)}`
    },
    get known_error_number() {
      return knownError()?.number ?? null
    },
    get workaround() {
      return knownError()?.workaround ?? null
    },
    get known_error_runbook() {
      const runbook = knownError()?.runbook ?? null
      return runbook === null || titleOf(runbook) === titleOf(incident.runbook) ? null : titleOf(runbook)
    },
    get client_hint() {
      return knownError()?.clientHint || null
    },
  }
}

function factText(context: TicketContext, name: string): string | null {
  const value = context.facts[name]?.value
  return value === undefined || value === null ? null : String(value)
}

const VERSION_FACTS = ['fiscal.register.firmware', 'fiscal.driver.version', 'fiscal.register.ffd'] as const

function versionsOf(context: TicketContext, language: Language): IncidentRecord['versions'] {
  const own = VERSION_FACTS.flatMap(name => {
    const value = factText(context, name)
    return value === null ? [] : { name: factDefinition(name)[language], value }
  })
  const { programs, agentVersion, os } = context.around
  const agent = { name: factDefinition('agent.version')[language], value: agentVersion ?? '' }
  const system = { name: factDefinition('host.os')[language], value: os ?? '' }
  return [...programs, ...own, agent, system].filter(({ value }) => value !== '')
}

type Stop = Pick<IncidentRecord, 'time_to_stop' | 'stops_at' | 'stop_reason'>

/** How long it still sells, until when, and why no longer. What stands already has no moment ahead of it. */
function stopOf({ timeToStop }: Incident, language: Language, time: (at: EpochMs) => string, now: EpochMs): Stop {
  if (!timeToStop) return { time_to_stop: null, stops_at: null, stop_reason: null }
  const { reason, at, text } = timeToStop
  if (reason === 'stopped') return { time_to_stop: text[language], stops_at: null, stop_reason: null }
  // The drive works to the end of its last day.
  const last = reason === 'fn_date' ? at - 1 : at
  const left = at > now ? spanText(language, at - now) : PASSED[language]
  return { time_to_stop: left, stops_at: time(last), stop_reason: STOP_TEXTS[reason][language] }
}

const PASSED: Bilingual = { ru: 'срок прошёл', en: 'the time is over' }

/** The reason without what the ticket says beside it: the priority itself, and the title of the fault. */
function priorityReasonOf({ priority, priorityReason, title }: Incident, language: Language): string {
  const text = priorityReason[language]
    .replace(`${PRIORITY_WORDS[priority][language]}: `, '')
    .replace(`${title[language]} — `, '')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
