import type { IncidentAction } from '@tillwatch/shared/api'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createIncidentStore } from '../incidents/incident-store.ts'
import { raisedIncident } from '../incidents/new-incident.ts'
import { createNoticeBook } from '../notices/notice-book.ts'
import { createSlaBookKeeper } from './sla-book.ts'
import { shippedSlaTexts } from './sla-files.ts'
import { createSlaRoom } from './sla-room.ts'
import { createSlaStore } from './sla-store.ts'
import { BACKLOG, ClockedTill, HOUR, ITEM, MINUTE, NOW, STOPPED } from './testing/clocked-till.ts'

// Hours of a service minute by minute: work for a slow machine.
vi.setConfig({ testTimeout: 30_000 })

let till: ClockedTill
beforeEach(() => {
  till = new ClockedTill()
})
afterEach(() => till.close())

const escalations = () =>
  till
    .rows(`SELECT at, text_ru FROM timeline WHERE kind = 'escalated' ORDER BY id`)
    .map(row => [Number(row['at']), String(row['text_ru'])] as const)
const texts = () => escalations().map(([, text]) => text)
const told = () =>
  till
    .rows(`SELECT role, email, state FROM notices WHERE role <> 'client_contact' ORDER BY id`)
    .map(row => Object.values(row).join(' '))

describe('marks call people once (R64–R66, domain 18.32)', () => {
  it('reaction 70 and 100 %, solution 70, 100 and 150 %; at 70 % of the solution the next line takes over', async () => {
    for (const [code, role] of [
      ['lead', 'line1_lead'],
      ['two', 'line2'],
      ['boss', 'head'],
    ] as const)
      till.respond(code, role)
    const at = await till.stop()
    await till.pass(at, at + 6.2 * HOUR, STOPPED)
    expect(escalations().map(([when, text]) => [Math.round((when - at) / MINUTE), text.split(':')[0]])).toEqual([
      [11, 'Использовано 70 % времени реакции'],
      [60, 'Критичный инцидент. Сообщено'],
      // Critical after an hour of Blocking: a quarter of an hour is left of the reaction (domain 18.10, 18.44).
      [76, 'Использовано 100 % времени реакции'],
      [169, 'Использовано 70 % времени решения'],
      [241, 'Использовано 100 % времени решения'],
      [361, 'Использовано 150 % времени решения'],
    ])
    expect(texts().find(text => text.includes('70 % времени решения'))).toContain('Передано на линию 2.')
    // Warnings of reaction go by the target, its end by the limit, and each says which (domain 18.3).
    expect(texts()[0]).toMatch(/: 11 минут, цель — 15 минут\./)
    expect(texts()[2]).toMatch(/: 76 минут, срок — 75 минут\./)
    expect(till.rows('SELECT line FROM incidents')).toEqual([{ line: 2 }])
    expect(told()).toContain('line1_lead lead@example.test no_channel')
    expect(told()).toContain('line2 two@example.test no_channel')
    expect(told()).toContain('head boss@example.test no_channel')
    expect(texts().find(text => text.includes('150 %'))).toContain('Не требуется и не указаны')
    expect(
      till.rows(
        `SELECT count(*) AS n FROM deliveries WHERE kind = 'comment' AND payload_json LIKE '%70 % времени решения%'`,
      ),
    ).toEqual([{ n: 1 }])
  })

  it('after downtime only the highest passed mark of each kind speaks, with the time at which it was due (domain 18.15)', async () => {
    const at = await till.stop()
    till.restart()
    await till.part.evaluator.tick(at + 5 * HOUR, 1000)
    await till.part.evaluator.tick(at + 5 * HOUR + 1, 1000)
    const said = texts().filter(text => text.startsWith('Использовано'))
    expect(said).toHaveLength(2)
    expect(said[0]).toMatch(/^Использовано 100 % времени реакции.*Отметка пройдена/)
    expect(said[1]).toMatch(/^Использовано 100 % времени решения.*Отметка пройдена/)
    await till.part.evaluator.tick(at + 5.5 * HOUR, 1000)
    expect(texts().filter(text => text.startsWith('Использовано'))).toHaveLength(2)
  })

  it('a role that nobody holds goes to the next authority, and never nowhere (domain 18.34)', async () => {
    const at = await till.stop()
    await till.pass(at, at + 20 * MINUTE, STOPPED)
    expect(told()).toEqual(['line1_lead  nobody'])
    expect(texts()[0]).toContain('Некому сообщить, в справочнике нет ответственных: старший первой линии')
    till.respond('boss', 'manager')
    await till.pass(at + 168 * MINUTE, at + 170 * MINUTE, STOPPED)
    expect(till.rows(`SELECT role, via, email FROM notices WHERE role = 'line2'`)).toEqual([
      { role: 'line2', via: 'manager', email: 'boss@example.test' },
    ])
  })

  it('people are not woken for priorities 3 and 4: their message waits for nine in their morning', async () => {
    till.respond('lead', 'line1_lead', { zone: 'Asia/Vladivostok' })
    await till.pass(NOW, NOW + 128 * MINUTE, BACKLOG)
    const [incident] = till.rows(`SELECT opened_at, priority FROM incidents WHERE cause_class = 'ofd'`)
    expect(Number(incident?.['priority'])).toBeGreaterThanOrEqual(3)
    // 14:07 in Moscow is 21:07 in Vladivostok.
    expect(till.rows(`SELECT next_at, created_at FROM notices WHERE role = 'line1_lead'`)).toEqual([
      { created_at: NOW + 127 * MINUTE, next_at: Date.parse('2026-11-24T09:00:00+10:00') },
    ])
  })
})

describe('what stands in the way', () => {
  it('R67: a question to the client freezes the solution, and the answer lets it go on', async () => {
    const at = await till.stop()
    await till.act({ action: 'take' }, at + MINUTE)
    await till.act({ action: 'wait', question: 'Когда можно приехать?' } as IncidentAction, at + HOUR)
    await till.pass(at + HOUR, at + 9 * HOUR, STOPPED)
    // Lists promise no end of a time that stands.
    expect(till.rows('SELECT deadline_at, urgent_at FROM sla_clocks')).toEqual([{ deadline_at: null, urgent_at: null }])
    expect(texts().filter(text => text.includes('времени решения'))).toEqual([])
    expect(texts().filter(text => text.includes('времени реакции'))).toEqual([])
  })

  it('a reopen goes on with the same clock, and what was called is not called again (domain 18.29)', async () => {
    const at = await till.stop()
    await till.act({ action: 'take' }, at + MINUTE)
    await till.pass(at + 2 * MINUTE, at + 170 * MINUTE, STOPPED)
    await till.act({ action: 'solve', text: 'Перезапущено' }, at + 175 * MINUTE)
    await till.act({ action: 'reopen', text: '' }, at + 190 * MINUTE)
    await till.pass(at + 190 * MINUTE, at + 260 * MINUTE, STOPPED)
    const said = escalations().filter(([, text]) => text.includes('времени решения'))
    expect(said.map(([when]) => Math.round((when - at) / MINUTE))).toEqual([169, 256])
  })

  it('work planned with nobody’s consent holds back steps, and the breach is written down quietly (domain 18.14)', async () => {
    const at = await till.stop()
    const iso = (instant: number) => new Date(instant).toISOString()
    await till.part.maintenance.open(
      'main',
      {
        ...{ scope: { kind: 'site', id: 's' }, check: null, weekly: null, reason: 'Замена проводки', agreed: false },
        ...{ startsAt: iso(at + HOUR), endsAt: iso(at + 6 * HOUR) },
      },
      'Анна',
      at,
    )
    await till.pass(at, at + 7.9 * HOUR, STOPPED)
    const said = escalations().map(([when, text]) => [Math.round((when - at) / MINUTE), text.split(/[:,]/)[0]])
    expect(said.filter(([, text]) => String(text).includes('решения'))).toEqual([
      [241, 'Срок решения истёк'],
      [469, 'Использовано 70 % времени решения'],
    ])
    expect(texts().find(text => text.startsWith('Срок решения'))).toContain('никто не вызван: окно работ')
    expect(texts().find(text => text.includes('70 % времени решения'))).toContain('2 часа 49 минут, срок — 4 часа')
  })

  it('a mark that a reopening brings to light inside a window calls people when it is over (domain 18.14, 18.29)', async () => {
    const at = await till.stop()
    const iso = (instant: number) => new Date(instant).toISOString()
    await till.act({ action: 'take' }, at + MINUTE)
    await till.pass(at + 2 * MINUTE, at + 174 * MINUTE, STOPPED)
    await till.act({ action: 'solve', text: 'Перезапущено' }, at + 175 * MINUTE)
    await till.part.maintenance.open(
      'main',
      {
        ...{ scope: { kind: 'site', id: 's' }, check: null, weekly: null, reason: 'Замена проводки', agreed: false },
        ...{ startsAt: iso(at + 250 * MINUTE), endsAt: iso(at + 400 * MINUTE) },
      },
      'Анна',
      at + 175 * MINUTE,
    )
    // It was never fixed: opened again after two hours, with all the time since.
    await till.pass(at + 176 * MINUTE, at + 410 * MINUTE, STOPPED)
    expect(till.rows(`SELECT at FROM timeline WHERE kind = 'reopened'`)).toEqual([{ at: at + 295 * MINUTE }])
    const said = escalations().filter(([, text]) => text.includes('времени решения'))
    expect(said.map(([when, text]) => [Math.round((when - at) / MINUTE), text.split(' времени')[0]])).toEqual([
      [169, 'Использовано 70 %'],
      [400, 'Использовано 100 %'],
    ])
  })
})

describe('the client is informed (R79, R80, R82, domain 18.37)', () => {
  it('accepted, taken into work, every hour while Blocking, solved', async () => {
    till.respond('owner', 'client_contact', { client: 'c' })
    const at = await till.stop()
    await till.act({ action: 'take' }, at + 5 * MINUTE)
    await till.pass(at + 6 * MINUTE, at + 125 * MINUTE, STOPPED)
    await till.act({ action: 'solve', text: '' }, at + 130 * MINUTE)
    const bodies = till
      .rows(`SELECT body FROM notices WHERE role = 'client_contact' ORDER BY id`)
      .map(row => String(row['body']).split('\n')[0])
    expect(bodies[0]).toMatch(/^Обращение №\d+ принято\./)
    expect(bodies.slice(1)).toEqual([
      'Работа начата, ответственный: Анна.',
      expect.stringMatching(/^Состояние: в работе\. Срок: /),
      expect.stringMatching(/^Состояние: в работе\. Срок: /),
      'Решено.',
    ])
  })
})

describe('a child of a mass incident', () => {
  it('is silent below its parent, and its client is informed again once it is let go (domain 18.37, 18.42)', () => {
    till.respond('owner', 'client_contact', { client: 'c' })
    const both = { ru: 'Беда', en: 'Trouble' }
    const trouble = {
      ...{
        tenantId: 'main',
        dedupKey: 'k',
        itemId: ITEM,
        agentId: 'a1',
        subject: 'x',
        causeClass: 'ofd',
        runbook: 'x.md',
      },
      ...{
        priority: 1 as const,
        priorityReason: both,
        title: both,
        explanation: both,
        expected: both,
        component: both,
      },
      onsetAt: NOW,
    }
    const incidents = createIncidentStore(till.database)
    const parent = raisedIncident({ ...trouble, dedupKey: 'mass', subject: 'mass:x' }, null, 1, NOW)
    const child = { ...raisedIncident(trouble, null, 2, NOW), clientId: 'c', parentId: parent.id }
    for (const each of [parent, child]) incidents.save(each)
    const store = createSlaStore(till.database)
    const room = createSlaRoom(till.database, {
      ...{
        store,
        incidents,
        suppression: { standsStill: () => null },
        massClients: () => [],
        keeper: { write: () => {} },
      },
      books: createSlaBookKeeper(till.database, shippedSlaTexts(), () => {}, NOW),
      notices: createNoticeBook(till.database, false).notices,
    })
    const news = () => till.rows('SELECT key FROM notices').map(row => String(row['key']).split(':').slice(1).join(':'))
    room.moved?.({ before: null, after: child, entries: [] }, NOW)
    expect(news()).toEqual([])
    const freed = { ...child, parentId: null }
    incidents.save(freed)
    room.moved?.({ before: child, after: freed, entries: [] }, NOW + HOUR)
    room.wake?.(
      NOW + 2 * HOUR,
      () => true,
      () => {},
    )
    expect(news()).toEqual(expect.arrayContaining(['registered', `report:${NOW + 2 * HOUR}`]))
  })
})
