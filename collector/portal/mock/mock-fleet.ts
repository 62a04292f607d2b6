import type { Directory, FleetRow, TerminalView } from '@tillwatch/shared/api'
import { HOUR, iso } from './mock-call.ts'
import { serviceItems } from './mock-services.ts'

const DAY = 24 * HOUR

/** The same numbers at every start, so that pictures can be compared. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const CLIENTS = [
  { code: 'vkusno', name: 'Кафе «Вкусно и рядом»', inn: '7709990008' },
  { code: 'apteka-zdorovo', name: 'Аптеки «Здорово»', inn: '5409990003' },
  { code: 'stroydvor', name: 'Строительный двор «Мастер»', inn: '2539990009' },
] as const
const SITES = [
  ['vkusno', 'Тверская', 'Москва, ул. Тверская, д. 7', 'Europe/Moscow', '10:00-23:00', 'A'],
  ['vkusno', 'Пятницкая', 'Москва, ул. Пятницкая, д. 22, стр. 1', 'Europe/Moscow', '09:00-22:00', 'B'],
  ['vkusno', 'Невский', 'Санкт-Петербург, Невский пр-т, д. 88', 'Europe/Moscow', undefined, 'B'],
  [
    'apteka-zdorovo',
    'Красный проспект',
    'Новосибирск, Красный проспект, д. 65',
    'Asia/Novosibirsk',
    'пн-пт 08:00-21:00; сб,вс 09:00-20:00',
    'B',
  ],
  [
    'apteka-zdorovo',
    'Академгородок',
    'Новосибирск, пр-т Академика Лаврентьева, д. 6/1',
    'Asia/Novosibirsk',
    '24/7',
    undefined,
  ],
  ['stroydvor', 'Вторая Речка', 'Владивосток, ул. Русская, д. 9а', 'Asia/Vladivostok', 'пн-сб 08:00-19:00', 'C'],
] as const
const MODELS = ['ШТРИХ-М-02Ф', 'ШТРИХ-ON-LINE', 'РР-03Ф', 'ШТРИХ-ЛАЙТ-01Ф'] as const

export interface MockFleet {
  readonly rows: FleetRow[]
  readonly directory: Directory
  readonly terminals: Map<string, TerminalView>
}

const date = (ms: number) => iso(ms).slice(0, 10)

type Stop = NonNullable<FleetRow['timeToStop']>
function stopOf(reason: Stop['reason'], at: number, confidence: Stop['confidence']): Stop {
  const words: Record<Stop['reason'], [string, string]> = {
    fn_date: ['Кончится срок фискального накопителя', 'The fiscal drive reaches its date'],
    fn_documents: ['По прогнозу в накопителе кончатся документы', 'By forecast the drive runs out of documents'],
    fn_key_flag: ['Кончится ресурс ключа накопителя', 'The key resource of the drive ends'],
    ofd_lock: [
      '30 дней с первого непереданного документа: накопитель заблокируется',
      '30 days since the first unsent document: the drive locks',
    ],
    shift_lock: ['Смена станет длиннее 24 часов', 'The shift becomes longer than 24 hours'],
    disk_full: ['По прогнозу заполнится системный диск', 'By forecast the system disk fills up'],
    stopped: ['Касса не может выдавать чеки', 'The register cannot issue receipts'],
  }
  return { at: iso(at), reason, confidence, text: { ru: words[reason][0], en: words[reason][1] } }
}

/** The first registers tell a story each; the rest are an ordinary fleet. */
function stopFor(index: number, random: () => number, now: number): Stop | null {
  const told: readonly (Stop | null)[] = [
    stopOf('stopped', now - 2 * HOUR, 'high'),
    stopOf('ofd_lock', now + 2 * DAY + 3 * HOUR, 'high'),
    stopOf('shift_lock', now + 3 * HOUR, 'high'),
    stopOf('fn_date', now + 6 * DAY, 'high'),
    stopOf('ofd_lock', now + 12 * DAY + 2 * HOUR, 'high'),
    stopOf('disk_full', now + 9 * DAY, 'low'),
    stopOf('fn_documents', now + 24 * DAY, 'medium'),
    null,
  ]
  const story = told[index]
  if (story !== undefined) return story
  return random() < 0.25
    ? stopOf('fn_documents', now + (40 + random() * 300) * DAY, random() < 0.5 ? 'medium' : 'high')
    : stopOf('fn_date', now + (45 + random() * 400) * DAY, 'high')
}

const healthFor = (index: number, stop: Stop | null): FleetRow['health'] =>
  index === 7 ? 'grey' : index <= 3 ? 'red' : index <= 6 ? 'yellow' : stop ? 'green' : 'grey'

function rowFor(index: number, random: () => number, now: number): FleetRow {
  const place = SITES[index % SITES.length] ?? SITES[0]
  const [client, name, address, timezone] = place
  const stop = stopFor(index, random, now)
  const queue = index === 1 ? 214 : index === 4 ? 37 : index === 7 ? null : random() < 0.1 ? Math.ceil(random() * 6) : 0
  const onlineNow = index !== 7 && random() > 0.04
  const site = `${client}-${SITES.indexOf(place) + 1}`
  return {
    itemId: `register-${index + 1}`,
    terminal: { code: `${site}-k${index + 1}`, name: `Касса ${Math.floor(index / SITES.length) + 1}` },
    agentId: `agent-${String(index + 1).padStart(3, '0')}`,
    agentState: index === 7 ? 'offline' : onlineNow ? 'online' : 'offline',
    site: index === 9 ? null : { code: site, name, address, timezone },
    client: index === 9 ? null : (CLIENTS.find(each => each.code === client)?.name ?? null),
    model: index === 11 ? null : (MODELS[index % MODELS.length] ?? null),
    serial: index === 11 ? null : String(301_200 + index).padStart(16, '0'),
    health: healthFor(index, stop),
    timeToStop: stop,
    siteTimeToStop: null,
    link: index === 2 ? 'busy' : index === 0 ? 'error' : 'ok',
    unsentDocuments: queue,
    firstUnsentAt: queue
      ? `${date(stop?.reason === 'ofd_lock' ? Date.parse(stop.at) - 30 * DAY : now - 3 * HOUR)}T18:05`
      : null,
    fnValidUntil:
      index === 11 ? null : date(stop?.reason === 'fn_date' ? Date.parse(stop.at) : now + (60 + random() * 350) * DAY),
    incidents: index <= 1 ? 2 : index <= 6 ? 1 : 0,
    heardAt: index === 7 ? iso(now - 26 * HOUR) : iso(now - random() * 90_000),
  }
}

type Fact = TerminalView['items'][number]['facts'][number]

function registerFacts(row: FleetRow, now: number): Fact[] {
  const at = iso(now - 42_000)
  const fact = (name: string, value: Fact['value'], more: Partial<Fact> = {}): Fact => ({
    name,
    value,
    source: 'register',
    at,
    stale: false,
    ...more,
  })
  const stopped = row.timeToStop?.reason === 'stopped'
  return [
    fact('fiscal.register.model', row.model ?? null),
    fact('fiscal.register.serial', row.serial),
    fact('fiscal.register.registration_number', '0001234567012345'),
    fact('fiscal.register.inn', '7709990008'),
    fact('fiscal.register.link', row.link),
    fact('fiscal.register.mode', stopped ? 'blocked' : 'shift_open', { raw: stopped ? 5 : 2 }),
    fact('fiscal.register.can_sell', stopped ? 'no' : 'yes', {
      source: 'collector',
      ...(stopped ? { reason: 'fn_expired' } : {}),
    }),
    fact('fiscal.register.paper', 'present'),
    fact('fiscal.register.clock_skew_ms', -3_200, { source: 'collector' }),
    fact('fiscal.register.firmware', 'C.1.56789'),
    fact('fiscal.shift.state', 'open'),
    fact('fiscal.shift.number', 412),
    fact('fiscal.shift.receipts', 87),
    fact('fiscal.ofd.unsent_documents', row.unsentDocuments),
    fact('fiscal.ofd.first_unsent_at', row.firstUnsentAt),
    fact('fiscal.register.ofd_name', 'ООО «Первый ОФД»', { at: iso(now - 3 * DAY), stale: true }),
    fact('fiscal.fn.serial', '9960440300112233'),
    fact('fiscal.fn.phase', 'fiscal', { raw: 3 }),
    fact('fiscal.fn.valid_until', row.fnValidUntil),
    fact('fiscal.fn.flags', row.unsentDocuments && row.unsentDocuments > 20 ? ['ofd_timeout'] : [], { raw: 16 }),
    fact('fiscal.fn.last_document', 189_422),
    fact('fiscal.fn.documents_left', null, { reason: 'unsupported' }),
    fact('fiscal.poll.port_held_ms', 640, { source: 'agent' }),
    fact('fiscal.poll.commands', 11, { source: 'agent' }),
  ]
}

type Item = TerminalView['items'][number]

function registerItem(row: FleetRow, now: number): Item {
  const condition = row.timeToStop && row.health !== 'green' ? row.timeToStop : null
  return {
    id: row.itemId ?? '',
    kind: 'register',
    slot: 'register-1',
    title: [row.model, row.serial?.slice(-6)].filter(Boolean).join(' · ') || 'COM5',
    health: row.health,
    timeToStop: row.timeToStop,
    replacementUntil: null,
    facts: registerFacts(row, now),
    conditions: condition
      ? [
          {
            rule: 'ofd.queue_age',
            level: row.health === 'red' ? 'critical' : 'important',
            since: iso(now - 5 * HOUR),
            title: condition.text,
          },
        ]
      : [],
  }
}

function hostItem(
  kind: 'pc' | 'volume',
  id: string,
  title: string,
  values: Record<string, Fact['value']>,
  now: number,
): Item {
  const facts = Object.entries(values).map(([name, value]) => ({
    name,
    value,
    source: 'host',
    at: iso(now - 61_000),
    stale: false,
  }))
  const slot = kind === 'pc' ? 'pc' : title
  return { id, kind, slot, title, health: 'green', timeToStop: null, replacementUntil: null, facts, conditions: [] }
}

const pcItem = (row: FleetRow, now: number): Item =>
  hostItem(
    'pc',
    `pc-${row.agentId}`,
    'KASSA-PC',
    {
      'host.name': 'KASSA-PC',
      'host.os': 'Windows 10 Pro 22H2',
      'host.cpu.load': 0.17,
      'host.memory.free_bytes': 1.4 * 1024 ** 3,
      'host.memory.total_bytes': 4 * 1024 ** 3,
      'agent.version': '0.1.0',
      'agent.outbox.messages': 0,
      'host.clock.service': 'w32time',
      'host.clock.synchronised': true,
      'host.clock.source': 'time.example',
      'host.antivirus': ['Microsoft Defender'],
      'host.antivirus_updated_on': new Date(now - DAY).toISOString().slice(0, 10),
      'host.remote_access': ['AnyDesk 123456789'],
      'host.boot_at': new Date(now - 3 * DAY).toISOString(),
    },
    now,
  )

const diskItem = (row: FleetRow, now: number): Item =>
  hostItem(
    'volume',
    `disk-${row.agentId}`,
    'C:',
    { 'host.disk.free_bytes': 24.6 * 1024 ** 3, 'host.disk.total_bytes': 118 * 1024 ** 3, 'host.disk.system': true },
    now,
  )

function terminalOf(row: FleetRow, incidentIds: string[], now: number): TerminalView {
  const site = SITES.find(([, name]) => name === row.site?.name)
  const itemId = row.itemId ?? ''
  return {
    agentId: row.agentId,
    agentState: row.agentState,
    heardAt: row.heardAt,
    terminal: row.terminal,
    site: row.site && {
      ...row.site,
      hours: site?.[4] ?? null,
      class: site?.[5] ?? null,
      contact: site?.[5] === 'C' ? null : 'Мария Иванова, +7 900 000-00-00',
      access: null,
    },
    client: row.client,
    items: [
      registerItem(row, now),
      pcItem(row, now),
      diskItem(row, now),
      ...serviceItems(row.agentId, row.health === 'red', now),
    ],
    remarks: [],
    incidentIds,
    changes: [
      { itemId, fact: 'fiscal.register.mode', value: 'shift_open', at: iso(now - 5 * HOUR) },
      { itemId, fact: 'fiscal.shift.number', value: 412, at: iso(now - 5 * HOUR) },
      { itemId, fact: 'fiscal.fn.flags', value: ['ofd_timeout'], at: iso(now - 2 * DAY) },
      { itemId, fact: 'fiscal.register.firmware', value: 'C.1.56789', at: iso(now - 12 * DAY) },
    ],
  }
}

const directoryOf = (rows: readonly FleetRow[]): Directory => ({
  clients: CLIENTS.map(({ code, name }) => ({ code, name })),
  legal_entities: CLIENTS.map(({ code, name, inn }) => ({ client: code, name: `ООО ${name}`, inn })),
  sites: SITES.map(([client, name, address, timezone, hours, siteClass], index) => ({
    code: `${client}-${index + 1}`,
    client,
    name,
    address,
    timezone,
    ...(hours ? { hours } : {}),
    ...(siteClass ? { class: siteClass } : {}),
  })),
  terminals: rows
    .slice(0, 18)
    .flatMap(row =>
      row.terminal && row.site
        ? [{ code: row.terminal.code, site: row.site.code, name: row.terminal.name, agent: row.agentId }]
        : [],
    ),
  contracts: [],
  responsibles: [],
})

/** An invented fleet of 124 registers, sorted as the contract says. */
export function createMockFleet(now: number): MockFleet {
  const random = seeded(20_261_122)
  const rows = Array.from({ length: 124 }, (_, index) => rowFor(index, random, now))
  const stopAt = (row: FleetRow) => Date.parse(row.timeToStop?.at ?? '9999-01-01T00:00:00Z')
  const sorted = [...rows].sort((one, other) => stopAt(one) - stopAt(other))
  for (const row of rows) {
    const first = row.site && sorted.find(other => other.site?.code === row.site?.code)
    row.siteTimeToStop = first?.timeToStop ?? null
  }
  const incidentsOf = (index: number) =>
    index === 1 ? ['incident-1', 'incident-9'] : index < 7 ? [`incident-${index + 1}`] : []
  const terminals = new Map(rows.map((row, index) => [row.agentId, terminalOf(row, incidentsOf(index), now)]))
  return { rows: sorted, directory: directoryOf(rows), terminals }
}
