import type { DatabaseSync } from 'node:sqlite'
import type { CompiledRule, OpeningHours, RuleBook } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { DeskItem } from '../connectors/connector.ts'
import type { DeliveryOutbox } from '../deliveries/outbox.ts'
import type { DeliveryPayload } from '../deliveries/payload.ts'
import { type Incident, isActive, isMass, MACHINE } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { IncidentRoom } from '../incidents/room.ts'
import { ciOf, createTicketContextReader, type TicketContext } from '../incidents/ticket-context.ts'
import { subjectOf } from '../incidents/ticket-subject.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import { createAttachmentStore } from './attachment-store.ts'
import { chartSubject } from './chart-subject.ts'
import type { Evidence, EvidenceDesks, EvidenceTask } from './evidence.ts'
import type { EvidenceFile, EvidenceSort } from './evidence-file.ts'
import { createLogReader, logFrom } from './log-reader.ts'
import { phrases } from './phrases.ts'
import { createWorkStore, type EvidenceWork } from './work-store.ts'

const MINUTE_MS = 60_000
/** How long an agent may take; a ticket is worth more now than a whole log later. */
const ANSWER_MS = 5 * MINUTE_MS
/** An answer is looked for this often. */
const LOOK_MS = 5_000
/** Desks must know of an incident first. */
const UNTOLD_AGAIN_MS = 5 * MINUTE_MS
const FAILED_AGAIN_MS = MINUTE_MS
/** Evidence of an older incident helps nobody any more. */
const GIVE_UP_MS = 24 * 60 * MINUTE_MS
/** Log that is asked for: hours of an ordinary till, and little on a slow line. */
const LOG_BYTES = 64 * 1_024
/** A till that is silent cannot be asked. */
const SILENT: ReadonlySet<string> = new Set(['agent', 'site_link'])

interface Surroundings {
  readonly hours: string | null
  readonly client: string | null
  readonly site: string | null
}

export interface EvidenceParts {
  readonly store: Pick<IncidentStore, 'byId'>
  readonly keeper: Pick<IncidentKeeper, 'write'>
  readonly outbox: DeliveryOutbox
  readonly rules: Pick<RuleBook, 'of'>
}

/** The room that notes which incidents need evidence, and the service that keeps what was gathered. */
export function createEvidencePart(
  database: DatabaseSync,
  parts: EvidenceParts,
): { readonly room: IncidentRoom; readonly evidence: Evidence } {
  const work = createWorkStore(database)
  const book = createBook(database, parts)
  const { store } = parts

  const taskOf = (due: EvidenceWork, now: EpochMs): EvidenceTask | null => {
    const incident = store.byId(due.incidentId)
    if (!incident || incident.status === 'closed' || now >= due.createdAt + GIVE_UP_MS) {
      work.end(due.incidentId)
      return null
    }
    if (incident.untold !== null) {
      work.moveTo(incident.id, due.step, now + UNTOLD_AGAIN_MS)
      return null
    }
    const place = { incidentId: incident.id, tenantId: incident.tenantId, number: incident.number }
    if (due.step === 'chart') return { ...place, do: 'chart', ...book.chart(incident, now) }
    if (due.step === 'ask') return ask(incident, place, now)
    return answered(incident, due, place, now)
  }

  const ask = (incident: Incident, place: Place, now: EpochMs): EvidenceTask | null => {
    const { agentId } = incident
    if (agentId === '' || SILENT.has(incident.causeClass)) {
      return { ...place, do: 'log', sources: book.sources(incident, null, now), missing: null }
    }
    const shared = book.sharedLog(incident, now)
    if (shared !== null) {
      work.waitFor(incident.id, shared, now + ANSWER_MS, now)
      return null
    }
    const since = new Date(logFrom(incident, now)).toISOString()
    return { ...place, do: 'ask', agentId, command: { do: 'collect_log', since, bytes_max: LOG_BYTES } }
  }

  const answered = (incident: Incident, due: EvidenceWork, place: Place, now: EpochMs): EvidenceTask | null => {
    const answer = due.commandId === null ? null : book.answer(incident.tenantId, due.commandId)
    const isOver = answer === null || answer.outcome !== null || now >= (due.until ?? now)
    if (!isOver) {
      work.moveTo(incident.id, 'log', now + LOOK_MS)
      return null
    }
    const log = answer?.outcome === 'done' ? answer.log : null
    const why = answer?.outcome && answer.outcome !== 'done' && answer.text
    const silent = due.commandId === null ? phrases.notAsked : phrases.noAnswer(ANSWER_MS)
    const missing = log !== null ? null : why ? phrases.refused(why) : silent
    return { ...place, do: 'log', sources: book.sources(incident, log, now), missing }
  }

  /** Within a transaction, for an incident that is still worked on here: a repeated call finds the step done. */
  const atStep = async (incidentId: string, steps: readonly string[], act: (incident: Incident) => void) =>
    inTransaction(database, () => {
      const incident = store.byId(incidentId)
      const at = work.of(incidentId)
      if (incident && at && steps.includes(at.step)) act(incident)
    })

  return {
    room: {
      moved: ({ before, after }, now) => {
        if (before === null && after.itemId !== '' && !isMass(after) && after.kind === 'incident')
          work.begin(after, now)
      },
    },
    evidence: {
      next: now =>
        inTransaction(database, () => {
          for (;;) {
            const due = work.due(now)
            if (!due) return null
            const task = taskOf(due, now)
            if (task) return task
          }
        }),
      nextAt: async () => work.nextAt(),
      charted: (incidentId, files, desks, now) =>
        atStep(incidentId, ['chart'], incident => {
          book.keep(incident, 'chart', files, desks, now)
          book.link(incident, desks, now)
          work.moveTo(incidentId, 'ask', now)
        }),
      asked: (incidentId, commandId, now) =>
        atStep(incidentId, ['ask'], () => work.waitFor(incidentId, commandId, now + ANSWER_MS, now + LOOK_MS)),
      logged: (incidentId, files, missing, desks, now) =>
        atStep(incidentId, ['ask', 'log'], incident => {
          book.keep(incident, 'log', files, desks, now)
          work.end(incidentId)
          if (missing === null || !isActive(incident)) return
          const entries = [{ kind: 'note' as const, actor: MACHINE, text: missing }]
          const events = [{ kind: 'comment' as const, text: missing }]
          parts.keeper.write(incident, { incident: { ...incident, changedAt: now }, entries, events }, now)
        }),
      putOff: async (incidentId, now) => {
        const at = work.of(incidentId)
        if (at) work.moveTo(incidentId, at.step, now + FAILED_AGAIN_MS)
      },
      thinAttachments: async before => book.thin(before),
    },
  }
}

type Place = Pick<EvidenceTask, 'incidentId' | 'tenantId' | 'number'>

/** What is known around an incident, and what is kept and told of it. */
function createBook(database: DatabaseSync, { outbox, rules }: Pick<EvidenceParts, 'outbox' | 'rules'>) {
  const attachments = createAttachmentStore(database)
  const logs = createLogReader(database)
  const contextOf = createTicketContextReader(database)
  const selectAround = database.prepare(
    `SELECT s.hours_json AS hours, c.code AS client, s.code AS site
       FROM items i LEFT JOIN agents a ON a.id = i.agent_id
       LEFT JOIN sites s ON s.id = a.site_id AND s.tenant_id = i.tenant_id
       LEFT JOIN clients c ON c.id = s.client_id
      WHERE i.id = ? AND i.tenant_id = ?`,
  )
  const payloadOf = (incident: Incident, text: DeliveryPayload['text'], now: EpochMs): DeliveryPayload => {
    const { title, priority } = incident
    return { title, text, priority, subject: subjectOf(incident, contextOf(incident, now)) }
  }
  return {
    sharedLog: logs.shared,
    answer: logs.answer,
    sources: logs.sources,
    thin: attachments.thin,
    chart: (incident: Incident, now: EpochMs) => {
      const around = selectAround.get(incident.itemId, incident.tenantId) as unknown as Surroundings | undefined
      const context = contextOf(incident, now)
      const here = rules.of({ tenant: incident.tenantId, client: around?.client ?? null, site: around?.site ?? null })
      const known = {
        facts: context.facts,
        rules: rulesOf(incident, here.rules),
        timezone: context.timezone,
        hours: around?.hours ? (JSON.parse(around.hours) as OpeningHours) : null,
        place: [context.site, ciOf(context)].filter(Boolean).join(' · '),
      }
      return { subject: chartSubject(incident, known, now) }
    },
    keep: (
      incident: Incident,
      sort: EvidenceSort,
      files: readonly EvidenceFile[],
      desks: EvidenceDesks,
      now: EpochMs,
    ): void => {
      if (!attachments.keep(incident, sort, files, now)) return
      const payload = { ...payloadOf(incident, phrases[sort], now), evidence: sort }
      outbox.add(incident, 'attach', payload, now, desk => desks.files.includes(desk))
    },
    link: (incident: Incident, desks: EvidenceDesks, now: EpochMs): void => {
      const item = deviceOf(contextOf(incident, now))
      if (!item || desks.items.length === 0) return
      const payload = { ...payloadOf(incident, phrases.link, now), item }
      outbox.add(incident, 'link', payload, now, desk => desks.items.includes(desk))
    },
  }
}

/** The register itself, once it has told its serial. */
const deviceOf = ({ kind, identity }: TicketContext): DeskItem | null =>
  kind === 'register' && identity !== null ? { kind, serial: identity } : null

const rulesOf = ({ conditions }: Incident, all: readonly CompiledRule[]): readonly CompiledRule[] =>
  all.filter(({ id }) => conditions.some(({ rule }) => rule === id))
