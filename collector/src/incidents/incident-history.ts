import type { DatabaseSync } from 'node:sqlite'
import type { Bilingual } from '@tillwatch/rules'
import type { AgentCommand, CommandOutcome, EpochMs } from '@tillwatch/shared'
import type { Resolution } from '@tillwatch/shared/api'
import type { SilenceGuess } from '../fleet/silence-cause.ts'
import { createSilenceReader } from '../fleet/silence-reader.ts'
import { type AskedCommand, alreadyDone, type DoneStep, type EarlierIncident } from './already-done.ts'
import { FREQUENCY_WINDOW_MS, type Frequency, frequencyOf } from './frequency.ts'
import { type Incident, isActive, MACHINE } from './incident.ts'
import {
  type LoggedChange,
  RELATED_FACTS,
  RELATED_WINDOW_MS,
  type RelatedEvent,
  relatedEvents,
} from './related-events.ts'

/** Earlier incidents and commands looked at. */
const ROWS_MAX = 10
/** Changes looked at: what happens every day is many rows of which few are told. */
const CHANGES_MAX = 200

/** What surrounds an incident in time: the same for the text of its ticket and for its page. */
export interface IncidentHistory {
  readonly frequency: Frequency
  readonly related: readonly RelatedEvent[]
  readonly done: readonly DoneStep[]
  /** Why the agent may be silent; empty when the incident is about something else. */
  readonly silence: readonly SilenceGuess[]
}

/** The incident as its history is asked for. */
export type HistorySubject = Pick<
  Incident,
  'tenantId' | 'itemId' | 'agentId' | 'causeClass' | 'dedupKey' | 'episode' | 'onsetAt' | 'status'
>

/** Reads and works out the history of an incident, inside whatever transaction is open. Times in words are those of `zone`. */
export type IncidentHistoryReader = (subject: HistorySubject, zone: string, now: EpochMs) => IncidentHistory

/** The reader over a connection to the state file, writing or not. */
export function createIncidentHistoryReader(database: DatabaseSync): IncidentHistoryReader {
  const frequencyFacts = createOccurrenceReader(database)
  const changesOf = createChangeReader(database)
  const doneFacts = createWorkReader(database)
  const silenceOf = createSilenceReader(database)
  return (subject, zone, now) => {
    const silence = subject.causeClass === 'agent' ? silenceOf(subject, now) : null
    // A silence is judged only after a while; it was good until the last word.
    const onsetAt = Math.min(subject.onsetAt, silence?.lastHeardAt ?? subject.onsetAt)
    return {
      frequency: frequencyOf(frequencyFacts({ ...subject, onsetAt }, now), now, zone),
      related: relatedEvents(changesOf(subject), onsetAt),
      done: alreadyDone(doneFacts(subject), now),
      silence: silence?.guesses ?? [],
    }
  }
}

function createOccurrenceReader(database: DatabaseSync) {
  // The plus keeps the planner to the index by item or key: a tenant has most of the table, and a class compared with a bound value is
  // held against partial indexes by planning anew for each call.
  // A reopening because the fault had never ended is no occurrence, and a person's ticket about it is no second one.
  const occurrences = (isSame: string) => ({
    onsets: database.prepare(
      `SELECT t.at FROM incidents n JOIN timeline t ON t.incident_id = n.id WHERE +n.tenant_id = ? AND ${isSame} AND t.at > ?
          AND (t.kind = 'opened' OR (t.kind = 'reopened' AND t.actor = '${MACHINE}' AND t.at IS NOT n.unfixed_at))
          AND NOT EXISTS (SELECT 1 FROM incident_links l WHERE l.inbound_id = n.id AND l.state = 'linked')`,
    ),
    end: database.prepare(
      `SELECT max(t.at) AS at FROM incidents n JOIN timeline t ON t.incident_id = n.id
        WHERE +n.tenant_id = ? AND ${isSame} AND t.kind = 'solved' AND t.at < ?`,
    ),
  })
  const ofCause = occurrences('n.item_id = ? AND +n.cause_class = ?')
  const ofKey = occurrences('n.dedup_key = ?')
  const selectKnown = database.prepare(
    `SELECT min(at) AS at FROM (SELECT min(at) AS at FROM changes WHERE tenant_id = :tenant AND item_id = :item
      UNION ALL SELECT first_heard_at FROM agents WHERE id = :agent AND tenant_id = :tenant AND :item = 'pc:' || :agent)`,
  )
  return (subject: HistorySubject, now: EpochMs) => {
    const { tenantId, itemId, agentId, causeClass, dedupKey, onsetAt, status } = subject
    // Requests about nothing in particular have only that in common.
    const hasCause = itemId !== '' && causeClass !== 'other'
    const [select, same] = hasCause ? [ofCause, [itemId, causeClass]] : [ofKey, [dedupKey]]
    const onsets = select.onsets.all(tenantId, ...same, now - FREQUENCY_WINDOW_MS).map(row => Number(row['at']))
    // After a return the present occurrence is the newest, not the one that opened the incident.
    const present = Math.max(onsetAt, ...onsets.toSorted((a, b) => a - b).slice(1))
    const ended = select.end.get(tenantId, ...same, present) as { at: number | null }
    const known = selectKnown.get({ tenant: tenantId, item: itemId, agent: agentId }) as { at: number | null }
    return { onsets, onsetAt: present, endedAt: ended.at, knownSince: known.at, isOver: !isActive({ status }) }
  }
}

function createChangeReader(database: DatabaseSync): (subject: HistorySubject) => readonly LoggedChange[] {
  const names = RELATED_FACTS.map(() => '?').join(', ')
  const selectChanges = database.prepare(
    `SELECT c.fact, c.value_json AS "to", c.at,
            (SELECT b.value_json FROM changes b WHERE b.item_id = c.item_id AND b.fact = c.fact AND b.at < c.at
              ORDER BY b.at DESC, b.id DESC LIMIT 1) AS "from",
            (SELECT json_extract(i.state_json, '$.facts."pos.app.name".value') FROM items i WHERE i.id = c.item_id) AS program
       FROM changes c
      WHERE c.tenant_id = ? AND c.at > ? AND c.fact IN (${names})
        AND (c.item_id IN (?, ?) OR c.item_id IN
             (SELECT id FROM items WHERE agent_id = ? AND kind = 'service' AND tenant_id = c.tenant_id))
      ORDER BY c.at DESC LIMIT ${CHANGES_MAX}`,
  )
  const selectAddresses = database.prepare(
    `SELECT at, address, (SELECT b.address FROM agent_addresses b WHERE b.agent_id = c.agent_id AND b.at < c.at
              ORDER BY b.at DESC LIMIT 1) AS "from"
       FROM agent_addresses c WHERE tenant_id = ? AND agent_id = ? AND at > ? ORDER BY at DESC LIMIT ${ROWS_MAX}`,
  )
  return ({ tenantId, itemId, agentId, onsetAt }) => {
    const from = onsetAt - RELATED_WINDOW_MS
    const changes = selectChanges.all(tenantId, from, ...RELATED_FACTS, itemId, `pc:${agentId}`, agentId)
    const addresses = selectAddresses.all(tenantId, agentId, from)
    return [
      ...changes.map(row => ({
        fact: String(row['fact']),
        from: row['from'] === null ? undefined : JSON.parse(String(row['from'])),
        to: JSON.parse(String(row['to'])),
        at: Number(row['at']),
        program: row['program'] === null ? null : String(row['program']),
      })),
      ...addresses.map(row => ({
        fact: 'address',
        from: row['from'] ?? undefined,
        to: row['address'],
        at: Number(row['at']),
        program: null,
      })),
    ]
  }
}

interface CommandRow {
  command_json: string
  issued_by: string
  issued_at: number
  outcome: string | null
  text_json: string | null
}

function createWorkReader(database: DatabaseSync) {
  const selectCommands = database.prepare(
    `SELECT command_json, issued_by, issued_at, outcome, text_json FROM agent_commands
      WHERE tenant_id = ? AND agent_id = ? AND issued_at > ? ORDER BY issued_at DESC LIMIT ${ROWS_MAX}`,
  )
  const selectEarlier = database.prepare(
    `SELECT number, opened_at AS openedAt, solved_at AS solvedAt, solved_by AS "by", resolution FROM incidents
      WHERE tenant_id = ? AND dedup_key = ? AND episode < ? ORDER BY episode DESC LIMIT ${ROWS_MAX}`,
  )
  const selectFactsAt = database.prepare('SELECT facts_at AS at FROM items WHERE id = ? AND tenant_id = ?')
  return ({ tenantId, itemId, agentId, dedupKey, episode, onsetAt }: HistorySubject) => {
    const commands = selectCommands.all(tenantId, agentId, onsetAt) as unknown as CommandRow[]
    const earlier = selectEarlier.all(tenantId, dedupKey, episode) as unknown as (EarlierIncident & {
      resolution: Resolution | null
    })[]
    const facts = selectFactsAt.get(itemId, tenantId) as { at: number } | undefined
    return { commands: commands.map(commandOf).reverse(), earlier, factsAt: facts?.at ?? null }
  }
}

const commandOf = (row: CommandRow): AskedCommand => ({
  does: (JSON.parse(row.command_json) as AgentCommand).do,
  by: row.issued_by,
  at: row.issued_at,
  outcome: row.outcome as CommandOutcome | null,
  text: row.text_json === null ? null : (JSON.parse(row.text_json) as Bilingual),
})
