import type { FactState, ItemView } from '@tillwatch/rules'
import type { FactValue } from '@tillwatch/shared'
import { describe, expect, it } from 'vitest'
import type { Beside } from './beside.ts'
import { type Conclusions, conclude } from './conclude.ts'

const NOON = Date.parse('2026-11-23T09:00:00Z') // Monday noon at the site
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const nothing: Beside = {
  ofdContractUntil: null,
  profile: null,
  accepted: null,
  diskReadAt: () => null,
  othersLastDocumentAt: () => null,
}

/** A register over time: facts are read, and what was concluded stays with them as the store keeps it. */
function register() {
  const facts: Record<string, FactState> = {}
  const look = (now: number, beside: Partial<Beside> = {}): Conclusions => {
    const site = { id: 's', timezone: 'Europe/Moscow', hours: null, class: null, clientSites: 1 }
    const item: ItemView = {
      id: 'r',
      kind: 'register',
      facts,
      site,
      presence: null,
      replacementUntil: null,
      spare: false,
    }
    const found = conclude(item, { ...nothing, ...beside }, now)
    Object.assign(facts, JSON.parse(JSON.stringify(found)))
    return found
  }
  return {
    look,
    read: (now: number, values: Record<string, FactValue>, beside: Partial<Beside> = {}) => {
      for (const [name, value] of Object.entries(values))
        facts[name] = { value, at: now, receivedAt: now, source: 'register' }
      return look(now, beside)
    },
  }
}

describe('the last document', () => {
  it('is the reading that first showed its number; the same number only keeps the fact fresh', () => {
    const till = register()
    till.read(NOON, { 'fiscal.fn.last_document': 100 })
    const again = till.read(NOON + MINUTE, { 'fiscal.fn.last_document': 100 })
    expect(again['fiscal.fn.last_document_at']).toMatchObject({ value: '2026-11-23T12:00:00', at: NOON + MINUTE })
    const next = till.read(NOON + 2 * MINUTE, { 'fiscal.fn.last_document': 101 })
    expect(next['fiscal.fn.last_document_at']?.value).toBe('2026-11-23T12:02:00')
  })

  it('is compared with the other registers of the site only after days of silence', () => {
    const till = register()
    let asked = 0
    const othersLastDocumentAt = () => {
      asked++
      return '2026-11-26T11:00:00'
    }
    till.read(NOON, { 'fiscal.fn.last_document': 100 }, { othersLastDocumentAt })
    expect(asked).toBe(0)
    const later = till.read(NOON + 3 * DAY, { 'fiscal.fn.last_document': 100 }, { othersLastDocumentAt })
    expect(later['site.others_selling']?.value).toBe(true)
    const closed = till.look(NOON + 9 * DAY, { othersLastDocumentAt })
    expect(closed['site.others_selling']?.value).toBe(false)
    expect(till.look(NOON + 9 * DAY)['site.others_selling']?.value).toBeNull()
  })
})

describe('growth of the OFD queue', () => {
  const since = (found: Conclusions) => found['fiscal.ofd.growing_since']?.value
  const queue = (count: number, exchange = '2026-11-23T11:00') => ({
    'fiscal.ofd.unsent_documents': count,
    'fiscal.ofd.last_connection_at': exchange,
  })

  it('begins with a rise and ends when the queue falls twice in a row', () => {
    const till = register()
    const counts = [5, 9, 9, 12, 11, 15, 14, 13, 13, 20]
    const told = counts.map((count, minute) => since(till.read(NOON + minute * MINUTE, queue(count))))
    const first = '2026-11-23T12:01:00'
    expect(told).toEqual([null, first, first, first, first, first, first, null, null, '2026-11-23T12:09:00'])
  })

  it('is over when the queue is empty, and counts anew from an exchange', () => {
    const till = register()
    for (const [minute, count] of [5, 9].entries()) till.read(NOON + minute * MINUTE, queue(count))
    expect(since(till.read(NOON + 60 * MINUTE, queue(12, '2026-11-23T13:00')))).toBe('2026-11-23T13:00:00')
    expect(since(till.read(NOON + 61 * MINUTE, queue(0, '2026-11-23T13:01')))).toBeNull()
  })

  it('does not count a look without a new reading', () => {
    const till = register()
    for (const [minute, count] of [5, 9, 8].entries()) till.read(NOON + minute * MINUTE, queue(count))
    for (const minute of [3, 4, 5]) expect(since(till.look(NOON + minute * MINUTE))).toBe('2026-11-23T12:01:00')
  })
})

describe('the daily set (R1, 17.19)', () => {
  const set = { 'fiscal.ofd.unsent_documents': 0, 'fiscal.fn.valid_until': '2027-01-01', 'fiscal.fn.last_document': 7 }
  const to = (found: Conclusions) => found['daily.checked_to']?.value

  it('is full once each part was read on one calendar day of the site', () => {
    const till = register()
    expect(to(till.read(NOON, set))).toBe('2026-11-22')
    expect(to(till.look(NOON + MINUTE, { diskReadAt: () => NOON - DAY }))).toBe('2026-11-22')
    expect(to(till.look(NOON + 2 * MINUTE, { diskReadAt: () => NOON }))).toBe('2026-11-23')
    expect(to(till.read(NOON + DAY, { 'fiscal.ofd.unsent_documents': 0 }, { diskReadAt: () => NOON + DAY }))).toBe(
      '2026-11-23',
    )
    expect(to(till.read(NOON + DAY, set, { diskReadAt: () => NOON + DAY }))).toBe('2026-11-24')
  })

  it('asks no queue of an autonomous register, and no old days of a new one', () => {
    const till = register()
    const { 'fiscal.ofd.unsent_documents': _queue, ...rest } = set
    const found = till.read(NOON, { ...rest, 'fiscal.register.autonomous': true }, { diskReadAt: () => NOON })
    expect(to(found)).toBe('2026-11-22')
    expect(to(till.look(NOON, { diskReadAt: () => NOON }))).toBe('2026-11-23')
  })
})

describe('the term of a drive (section 2)', () => {
  const gap = (found: Conclusions) => found['fiscal.drive.date_gap_days']?.value
  const drive = (serial: string, until: string) => ({ 'fiscal.fn.serial': serial, 'fiscal.fn.valid_until': until })

  it('is compared with every term that may apply, once the drive was seen to come in', () => {
    const till = register()
    expect(gap(till.read(NOON, drive('1', '2026-12-01')))).toBeUndefined()
    // 410 days on, and one day more.
    expect(gap(till.read(NOON + DAY, drive('2', '2028-01-09')))).toBe(1)
    expect(gap(till.read(NOON + 2 * DAY, drive('2', '2028-03-09')))).toBe(1)
    expect(gap(till.read(NOON + 3 * DAY, drive('2', '2028-06-17')))).toBe(101)
    expect(gap(till.read(NOON + 3 * DAY, { 'fiscal.register.autonomous': true }))).toBe(11)
  })
})

describe('settings off their profile (R13)', () => {
  const settings = { 'fiscal.register.ofd_host': 'OFD.example ', 'fiscal.register.ffd': '1.05' }
  const profile = { ofd_host: 'ofd.example', ffd: '1.2, 1.1', firmware: '5.8' }

  it('names what differs, not what is unknown, and nothing that was accepted', () => {
    const till = register()
    const drift = (found: Conclusions) => found['config.drift']?.value
    expect(drift(till.read(NOON, settings))).toBeUndefined()
    expect(drift(till.look(NOON, { profile }))).toEqual(['fiscal.register.ffd'])
    const accepted = { 'fiscal.register.ffd': '1.05' }
    expect(drift(till.look(NOON, { profile, accepted }))).toEqual([])
    expect(drift(till.read(NOON, { 'fiscal.register.ffd': '1.0' }, { profile, accepted }))).toEqual([
      'fiscal.register.ffd',
    ])
    expect(drift(till.look(NOON))).toEqual([])
  })
})

it('the contract with the OFD is the directory’s word, and goes with it', () => {
  const till = register()
  const until = (found: Conclusions) => found['fiscal.ofd.contract_until']?.value
  expect(until(till.look(NOON))).toBeUndefined()
  expect(until(till.look(NOON, { ofdContractUntil: '2026-12-31' }))).toBe('2026-12-31')
  expect(until(till.look(NOON))).toBeNull()
})
