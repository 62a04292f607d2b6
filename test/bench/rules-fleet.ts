import type { DatabaseSync } from 'node:sqlite'
import type { Evaluator } from '@tillwatch/collector/alerting/evaluator-port'
import type { Fleet } from '@tillwatch/collector/fleet/fleet'
import type { AcceptedMessage } from '@tillwatch/collector/ingest/batch'
import { directory } from '@tillwatch/shared/api'

/** Registers that one agent speaks for here: below the ceiling of items for one agent. */
const REGISTERS_PER_AGENT = 100
const REGISTERS_PER_COMMIT = 500

const agentOf = (register: number): string => `bench-till-${Math.floor(register / REGISTERS_PER_AGENT)}`
export const serialOf = (register: number): string => String(register).padStart(16, '0')

/** A healthy register's 20 facts, as they stand on the wire. */
export const healthyFacts = (register: number, seq: number) => ({
  'fiscal.register.link': 'ok',
  'fiscal.register.vendor': 'Штрих-М',
  'fiscal.register.model': 'ШТРИХ-ЛАЙТ-01Ф',
  'fiscal.register.serial': serialOf(register),
  'fiscal.register.registration_number': '0001234567012345',
  'fiscal.register.inn': '7709990008',
  'fiscal.register.ffd': '1.2',
  'fiscal.register.mode': 'shift_open',
  'fiscal.register.paper': 'present',
  'fiscal.register.cover': 'closed',
  'fiscal.shift.state': 'closed',
  'fiscal.shift.number': 41,
  'fiscal.shift.receipts': seq % 500,
  'fiscal.ofd.unsent_documents': seq % 3,
  'fiscal.fn.phase': 'fiscal',
  'fiscal.fn.valid_until': '2028-02-14',
  'fiscal.fn.flags': [] as string[],
  'fiscal.fn.last_document': 1_000 + seq,
  'fiscal.fn.documents_left': 200_000 - seq,
  'fiscal.poll.port_held_ms': 400 + (seq % 50),
})

/** Fills an empty installation with so many registers at one site a hundred, each read once at `now`. */
export async function fillFleet(
  { fleet, evaluator }: { readonly fleet: Fleet; readonly evaluator: Evaluator },
  database: DatabaseSync,
  registers: number,
  now: number,
): Promise<void> {
  const agents = Math.ceil(registers / REGISTERS_PER_AGENT)
  const sites = Array.from({ length: agents }, (_, index) => ({
    ...{ code: `site-${index}`, client: 'bench', name: `Кафе ${index}`, address: 'г. Москва, Тверская ул., д. 7' },
    ...{ timezone: 'Europe/Moscow', hours: '10:00-23:00' },
  }))
  await fleet.importDirectory('main', directory.parse({ clients: [{ code: 'bench', name: 'Сеть' }], sites }), false)
  for (let index = 0; index < agents; index++) {
    const place = { tenantId: 'main', site: `site-${index}`, secretHash: 'nobody comes in' }
    await fleet.addAgent({ id: `bench-till-${index}`, ...place }, now)
  }
  database.exec(`UPDATE agents SET last_heard_at = ${now}, first_heard_at = ${now}`)
  for (let first = 0; first < registers; first += REGISTERS_PER_COMMIT) {
    const count = Math.min(REGISTERS_PER_COMMIT, registers - first)
    const messages = Array.from({ length: count }, (_, index) => messageOf(first + index, now))
    await evaluator.commit(await evaluator.derive(messages), now)
  }
}

function messageOf(register: number, now: number): AcceptedMessage {
  const facts = Object.fromEntries(
    Object.entries(healthyFacts(register, 1)).map(([name, value]) => [
      name,
      { value, at: now, source: 'register' as const },
    ]),
  )
  const serial = serialOf(register)
  const item = { itemId: `register:main:${serial}`, kind: 'register' as const, slot: serial, identity: serial }
  return {
    ...{ agentId: agentOf(register), tenantId: 'main', kind: 'telemetry', epoch: 1, lost: 0, receivedAt: now },
    ...{ seq: (register % REGISTERS_PER_AGENT) + 1, items: [{ ...item, at: now, facts }], event: null, refusal: null },
  }
}
