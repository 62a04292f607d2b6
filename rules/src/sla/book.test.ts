import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../calendar/zone.ts'
import { compileBook, SHIPPED_CALENDARS, SHIPPED_POLICIES, type SlaBook } from './book.ts'
import { choosePolicy, type SlaPlace } from './choose.ts'
import { rowOf, type SlaTerms } from './policy.ts'

const read = (url: URL) => ({ file: url.pathname.split('/').at(-1) ?? '', text: readFileSync(url, 'utf8') })
const calendars = SHIPPED_CALENDARS.map(read)
const policies = SHIPPED_POLICIES.map(read)

function bookOf(...own: string[]): SlaBook {
  const made = compileBook(calendars, [...policies, ...own.map((text, index) => ({ file: `own-${index}.yaml`, text }))])
  if (!made.ok) throw new Error(made.error.map(problem => problem.reason).join('; '))
  return made.value
}
const problemsOf = (calendarText: string, policyText: string) => {
  const made = compileBook(
    [...calendars, { file: 'cal.yaml', text: calendarText }],
    [...policies, { file: 'pol.yaml', text: policyText }],
  )
  return made.ok ? [] : made.error.map(({ file, line, path, reason }) => `${file}:${line} ${path}: ${reason}`)
}
const plain: SlaTerms = { priority: 3, critical: false, mass: false }
const ROWS =
  '{ 1: { reaction: 1h, solution: 2h }, 2: { reaction: 1h, solution: 2h }, 3: { reaction: 1h, solution: SOLVE }, 4: { reaction: 1h, solution: 2h } }'
const policyText = (id: string, scope: string, solve = '2h') =>
  `  - { id: ${id}, title: { ru: т, en: t }, calendar: 24x7, scope: ${scope}, rows: ${ROWS.replace('SOLVE', solve)} }\n`
const nowhere: SlaPlace = { client: null, siteClass: null, contract: null }

describe('ready policies (R60, R61, R69–R74, domain 18.3–18.5)', () => {
  const book = bookOf()
  const row = (policy: string, priority: 1 | 2 | 3 | 4) => {
    const found = book.policies.get(policy)
    if (!found) throw new Error(policy)
    return rowOf(found, { ...plain, priority })
  }

  it('R73: outsourcing reacts in 15 minutes in fact and in 3 hours by contract', () => {
    expect(row('outsourcing-24x7', 1).reaction).toMatchObject({ targetMs: 15 * MINUTE_MS, limitMs: 3 * HOUR_MS })
    expect(row('outsourcing-24x7', 2)).toMatchObject({
      reaction: { targetMs: 30 * MINUTE_MS },
      solution: { limitMs: 8 * HOUR_MS },
    })
    expect(row('outsourcing-24x7', 3)).toMatchObject({
      reaction: { limitMs: 3 * HOUR_MS },
      solution: { limitMs: 72 * HOUR_MS },
    })
    expect(row('outsourcing-24x7', 4).solution.limitMs).toBe(14 * 24 * HOUR_MS)
  })

  it('domain 18.4: five days of business hours are 45 working hours', () => {
    expect(row('business-hours', 3).solution).toEqual({
      limitMs: 45 * HOUR_MS,
      calendar: 'business-hours',
      until: 'solved',
    })
    expect(row('business-hours', 4).solution.limitMs).toBe(180 * HOUR_MS)
  })

  it('R69–R72: the tracker mixes working hours with wall time and has no time of solution for its first class', () => {
    expect(row('tracker-3-level', 1)).toMatchObject({
      reaction: { limitMs: 2 * HOUR_MS, calendar: 'business-hours' },
      solution: { limitMs: 24 * HOUR_MS, calendar: '24x7', until: 'work_started' },
    })
    expect(row('tracker-3-level', 2)).toEqual(row('tracker-3-level', 3))
    expect(row('tracker-3-level', 4).solution).toMatchObject({ limitMs: 365 * 24 * HOUR_MS, calendar: '24x7' })
  })

  it('domain 18.44: a critical incident without a row of its own takes the reaction target as limit', () => {
    const policy = book.policies.get('outsourcing-24x7')
    if (!policy) throw new Error('no policy')
    expect(rowOf(policy, { priority: 1, critical: true, mass: false }).reaction.limitMs).toBe(15 * MINUTE_MS)
    const special = rowOf(policy, plain)
    const own = { rows: { ...policy.rows, mass: special, critical: { ...special, milestones: [] } } }
    expect(rowOf(own, { priority: 1, critical: true, mass: true })).toBe(own.rows.critical)
    expect(rowOf(own, { priority: 1, critical: false, mass: true })).toBe(own.rows.mass)
  })
})

describe('files of customers', () => {
  it('every fault is told with its file and line', () => {
    expect(
      problemsOf(
        'calendars:\n  - { id: c, title: { ru: к, en: c }, hours: sometimes, zone: Mars/Base }\n',
        'policies:\n  - id: p\n    title: { ru: п, en: p }\n    calendar: nowhere\n    rows:\n      1: { reaction: 1h, solution: 2h }\n',
      ),
    ).toEqual([
      expect.stringMatching(/^cal\.yaml:2 calendars\[0\]\.hours: expected hours/),
      expect.stringMatching(/^cal\.yaml:2 calendars\[0\]\.zone: expected an IANA time zone/),
      expect.stringMatching(/^pol\.yaml:6 policies\[0\]\.rows\.2: /),
      expect.stringMatching(/^pol\.yaml:6 policies\[0\]\.rows\.3: /),
      expect.stringMatching(/^pol\.yaml:6 policies\[0\]\.rows\.4: /),
    ])
    const unknown = problemsOf('{}', `policies:\n${policyText('p', '[]').replace('24x7', 'office')}`)
    expect(unknown[0]).toMatch(/^pol\.yaml:2 .*no calendar is named office; known are 24x7, business-hours/)
    const stray = problemsOf(
      'holidays:\n  - id: kz\n    fixed: [01-01]\n    years:\n      2026:\n        off: [2025-03-22]\n',
      `policies:\n${policyText('p', '[]')}`,
    )
    expect(stray[0]).toBe('cal.yaml:6 holidays[0].years[2026].off[0]: 2025-03-22 is not in 2026')
  })

  it('replace what has the same id, and a default of their own stands for the shipped one', () => {
    const book = bookOf(`policies:\n${policyText('outsourcing-24x7', '[{ default: true }]', '1h')}`)
    expect(book.policies.get('outsourcing-24x7')?.rows[3].solution.limitMs).toBe(HOUR_MS)
    const other = bookOf(`policies:\n${policyText('slow', '[{ default: true }]', '99h')}`)
    expect(choosePolicy(other, nowhere, plain)?.policy.id).toBe('slow')
  })

  it('cannot leave the tenant without a default', () => {
    const own = policyText('outsourcing-24x7', '[]')
    expect(problemsOf('{}', `policies:\n${own}`)[0]).toContain('no policy has the scope { default: true }')
  })
})

describe('which policy holds (R63, domain 18.9)', () => {
  const book = bookOf(
    `policies:\n${policyText('by-client', '[{ client: bakery }]', '20h')}${policyText('by-client-service', '[{ client: bakery, service: cash }]')}${policyText(
      'by-class',
      '[{ site_class: A }]',
    )}${policyText('by-contract', '[{ contract: "17" }]')}${policyText('by-contract-service', '[{ contract: "17", service: cash }]')}${policyText('shorter', '[{ client: bakery }]', '10h')}`,
  )
  const service = { name: 'cash', policy: null, reaction: '9d', solution: '99d' }
  const chosen = (place: Partial<SlaPlace>) => {
    const found = choosePolicy(book, { ...nowhere, ...place }, plain)
    return found && `${found.policy.id} ${found.rank}`
  }

  it('contract and service, contract, client and service, client, site class, default', () => {
    const contract = { number: '17', policy: null, service }
    const bakery = { client: 'bakery', siteClass: 'A' as const }
    expect(chosen({ ...bakery, contract })).toBe('by-contract-service contract_service')
    expect(chosen({ ...bakery, contract: { ...contract, service: null } })).toBe('by-contract contract')
    expect(chosen({ ...bakery, contract: { ...contract, number: '18' } })).toBe('by-client-service client_service')
    expect(chosen({ siteClass: 'A' })).toBe('by-class site_class')
    expect(chosen({})).toBe('outsourcing-24x7 default')
    expect(chosen({ contract: { number: '9', policy: 'business-hours', service: null } })).toBe(
      'business-hours contract',
    )
  })

  it('a tie takes the shorter time and warns where the second stands', () => {
    expect(chosen({ client: 'bakery' })).toBe('shorter client')
    expect(book.warnings).toMatchObject([{ file: 'own-0.yaml', line: 7, reason: expect.stringContaining('by-client') }])
  })

  it('R75: the times of a service of the contract shorten its rows and lengthen none', () => {
    const contract = {
      number: '9',
      policy: 'outsourcing-24x7',
      service: { ...service, reaction: '1h', solution: '1d' },
    }
    const rows = choosePolicy(book, { ...nowhere, contract }, plain)?.policy.rows
    expect(rows?.[3]).toMatchObject({
      reaction: { limitMs: HOUR_MS, targetMs: HOUR_MS },
      solution: { limitMs: 24 * HOUR_MS },
    })
    expect(rows?.[1]).toMatchObject({
      reaction: { targetMs: 15 * MINUTE_MS, limitMs: HOUR_MS },
      solution: { limitMs: 4 * HOUR_MS },
    })
  })

  it('domain 18.4: a day of a service is one of the calendar that the chosen policy counts in', () => {
    const office = bookOf(
      `policies:\n${policyText('by-client', '[{ client: bakery }]', '20d').replace('24x7', 'business-hours')}`,
    )
    const contract = { number: '9', policy: null, service: { ...service, reaction: '1d', solution: '2d' } }
    const found = choosePolicy(office, { ...nowhere, client: 'bakery', contract }, plain)
    expect(found?.policy.rows[3].solution).toMatchObject({ limitMs: 18 * HOUR_MS, calendar: 'business-hours' })
  })
})
