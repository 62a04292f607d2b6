import type { Clock } from '@tillwatch/shared'
import type { DeskTest } from '@tillwatch/shared/api'
import {
  type Connector,
  type DeskMessage,
  type Outcome,
  type ProbeStep,
  type RoutedPlacement,
  type Ticket,
  USUAL_PLACE,
} from '../connectors/connector.ts'

/** Proves the settings and these placements, then makes a test ticket in a desk, finds, comments and solves it. Every step is told in words; the first that fails ends the test. */
export async function testDesk(
  connector: Connector,
  clock: Clock,
  random: () => number,
  signal: AbortSignal,
  placements: readonly RoutedPlacement[] = [],
): Promise<DeskTest> {
  const steps: ProbeStep[] = [...(await connector.probe(signal, placements))]
  let url: string | null = null
  const finish = (): DeskTest => ({ ok: steps.every(step => step.ok), steps, url })
  if (steps.some(step => !step.ok)) return finish()

  const draft = testMessage(connector, clock, random)
  const take = <T>(name: string, outcome: Outcome<T>, good: string): T | null => {
    const ok = outcome.kind === 'delivered'
    steps.push({ name, ok, message: ok ? good : outcome.message })
    return ok ? outcome.value : null
  }
  const created = take('create', await connector.create(draft, signal), 'a test ticket was created')
  if (!created) return finish()
  url = created.url
  if (connector.find) {
    const found = take('find', await connector.find(draft.subject.key, signal), 'it is found by its key')
    if (!found) return finish()
    if (!found.some(ticket => ticket.id === created.id)) {
      steps.push({ name: 'find', ok: false, message: `the search by key did not return ticket ${created.id}` })
      return finish()
    }
  }
  await followUp(connector, draft, created, take, signal)
  return finish()
}

async function followUp(
  connector: Connector,
  draft: DeskMessage,
  created: Ticket,
  take: <T>(name: string, outcome: Outcome<T>, good: string) => T | null,
  signal: AbortSignal,
): Promise<void> {
  const comment = { ...draft, kind: 'comment' as const, eventId: `${draft.eventId}.2`, text: 'Tillwatch: OK' }
  const commented = take(
    'comment',
    await connector.comment(created, comment, signal),
    'a comment was added and read back',
  )
  if (!commented) return
  const solve = { ...draft, kind: 'solve' as const, eventId: `${draft.eventId}.3`, text: 'Tillwatch: OK' }
  take(
    'solve',
    await connector.setStatus(commented, 'solved', solve, signal),
    'it was solved, and the desk shows it so',
  )
}

function testMessage(connector: Connector, clock: Clock, random: () => number): DeskMessage {
  const key = `tw-test-${clock.now().toString(36)}${Math.floor(random() * 1e6).toString(36)}`
  const at = new Date(clock.now()).toISOString()
  const title = connector.language === 'ru' ? 'Tillwatch: проверка связи' : 'Tillwatch: connection test'
  return {
    eventId: `${key}.1`,
    kind: 'test',
    at,
    title,
    text: `${title}\n\n[${key}]`,
    priority: 4,
    visibility: 'internal',
    placement: USUAL_PLACE,
    subject: {
      incidentId: key,
      number: 0,
      key,
      episode: 1,
      causeClass: 'test',
      itemId: 'test',
      ci: 'test',
      site: null,
      client: null,
      openedAt: at,
    },
    link: null,
    mayHaveArrived: false,
  }
}
