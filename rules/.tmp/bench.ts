import { readFileSync } from 'node:fs'
import { canSell, compilePack, evaluateItem, parseHours, priorityOf, SHIPPED_PACKS, timeToStop } from '../src/index.ts'

const c = compilePack(SHIPPED_PACKS.map(u => ({ file: u.pathname, text: readFileSync(u, 'utf8') })))
if (!c.ok) throw 1
const rules = c.value
const h = parseHours('10:00-23:00')
if (!h.ok) throw 1
const HJ = JSON.stringify(h.value)
const NOW = Date.parse('2026-11-22T12:00:00Z')
const mk = (facts: Record<string, unknown>, now: number, fresh: boolean) => ({
  id: 'r',
  kind: 'register' as const,
  facts: Object.fromEntries(
    Object.entries(facts).map(([k, value]) => [k, { value, at: now, receivedAt: now, source: 'register' }]),
  ) as never,
  site: { id: 's', timezone: 'Europe/Moscow', hours: fresh ? JSON.parse(HJ) : h.value, class: null, clientSites: 1 },
  presence: null,
  replacementUntil: null,
  spare: false,
})
const healthy = {
  'fiscal.register.link': 'ok',
  'fiscal.fn.phase': 'fiscal',
  'fiscal.fn.flags': [],
  'fiscal.fn.serial': '9960440300112233',
  'fiscal.fn.valid_until': '2027-06-01',
  'fiscal.fn.last_document': 1000,
  'fiscal.ofd.unsent_documents': 0,
  'fiscal.shift.state': 'open',
  'fiscal.shift.opened_at': '2026-11-22T10:00',
  'fiscal.register.clock_skew_ms': 1000,
  'fiscal.register.registration_number': '0001234567012345',
}
const faulty = {
  ...healthy,
  'fiscal.fn.flags': ['ofd_timeout', 'key_resource_ending'],
  'fiscal.fn.valid_until': '2026-12-10',
  'fiscal.ofd.unsent_documents': 5,
  'fiscal.ofd.first_unsent_at': '2026-11-15T10:00',
  'fiscal.shift.opened_at': '2026-11-21T16:30',
  'fiscal.register.clock_skew_ms': 200000,
}
const silent = { ...faulty, 'fiscal.register.link': 'silent' }
for (const [name, facts, fresh, gap] of [
  ['healthy', healthy, false, 0],
  ['healthy fresh hours', healthy, true, 0],
  ['faulty', faulty, false, 0],
  ['faulty fresh hours', faulty, true, 0],
  ['silent 40 min', silent, true, 40],
  ['silent 30d', silent, true, 43200],
] as const) {
  let state: any = null
  const start = NOW - gap * 60_000
  let r = evaluateItem(rules, mk(facts, start, fresh), null, start)
  state = JSON.stringify(r.state)
  for (let i = 0; i < 40; i++) {
    const n = start + i * 60_000
    state = JSON.stringify(evaluateItem(rules, mk(facts, n, fresh), JSON.parse(state), n).state)
  }
  const N = 12000
  let t = 0
  for (const round of [0, 1]) {
    const t0 = process.cpuUsage().user / 1000
    for (let i = 0; i < N; i++) {
      const n = Math.max(NOW, start) + 2400000 + (i % 600) * 1000
      const it = mk(facts, n, fresh)
      const cs = canSell(it, n)
      r = evaluateItem(rules, it, JSON.parse(state), n)
      JSON.stringify(r.state)
      if (process.argv[2]) {
        const ts = timeToStop(it, n, r.state)
        priorityOf({ conditions: r.conditions, item: it, timeToStop: ts, canSell: cs }, n)
      }
    }
    t = process.cpuUsage().user / 1000 - t0
  }
  console.log(
    name,
    Math.round((N / t) * 1000),
    '/s',
    'state',
    state.length,
    'conditions',
    r.conditions.map(c => c.rule).join(','),
  )
}
