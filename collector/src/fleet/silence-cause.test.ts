import { parseHours, type SiteView } from '@tillwatch/rules'
import { describe, expect, test } from 'vitest'
import { type SilenceFacts, silenceCauses } from './silence-cause.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Friday 21:05 in Moscow; the site closes at 21:00. */
const CLOSING = Date.UTC(2026, 10, 20, 18, 5)
/** Friday 14:00 in Moscow. */
const NOON = Date.UTC(2026, 10, 20, 11)

const hours = parseHours('пн-вс 09:00-21:00')
const site: SiteView = {
  id: 's1',
  timezone: 'Europe/Moscow',
  hours: hours.ok ? hours.value : null,
  class: null,
  clientSites: 1,
}
const facts = (more: Partial<SilenceFacts> = {}): SilenceFacts => ({
  lastHeardAt: NOON,
  site,
  manner: 'lost',
  earlier: [],
  others: [],
  diskFreeBytes: 40e9,
  clockSkewMs: 200,
  agentUpdatedAt: null,
  osUpdatedAt: null,
  antivirusUpdatedAt: null,
  ...more,
})
const nights = [1, 2, 3].map(days => ({
  beganAt: CLOSING - days * DAY + 4 * MINUTE,
  manner: 'lost' as const,
  backAt: CLOSING - days * DAY + 11 * HOUR,
}))
const silentTogether = [
  { online: false, lastHeardAt: NOON - MINUTE },
  { online: false, lastHeardAt: NOON + 2 * MINUTE },
]

describe('R22, domain 15: a silent agent comes with a guess of the cause and the facts it rests on', () => {
  test.each<[string, Partial<SilenceFacts>, string, string, string]>([
    [
      'gone at closing time as every day',
      { lastHeardAt: CLOSING, earlier: nights },
      'switched_off',
      'high',
      'около времени закрытия',
    ],
    [
      'gone at closing time with a farewell',
      { lastHeardAt: CLOSING, manner: 'stopped' },
      'switched_off',
      'high',
      'попрощался',
    ],
    [
      'a site without hours that has a habit',
      { lastHeardAt: CLOSING, site: null, earlier: nights },
      'switched_off',
      'medium',
      '3 раза',
    ],
    [
      'all agents of the site within five minutes',
      { others: silentTogether },
      'site_link',
      'high',
      'молчат все агенты объекта (3)',
    ],
    [
      'a farewell in the middle of the day',
      { manner: 'stopped' },
      'agent_stopped',
      'medium',
      'не около времени закрытия',
    ],
    ['a full disk', { diskFreeBytes: 20e6 }, 'disk_full', 'high', '20 МБ'],
    ['a clock away by days', { clockSkewMs: -3 * DAY }, 'clock', 'high', '3 дня'],
    ['right after an update of the agent', { agentUpdatedAt: NOON - 10 * MINUTE }, 'agent_update', 'high', '10 минут'],
    [
      'an update of Windows and its restart',
      { osUpdatedAt: NOON - 2 * HOUR, manner: 'stopped' },
      'os_update',
      'medium',
      'обновилась ОС',
    ],
    [
      'new antivirus definitions an hour before',
      { antivirusUpdatedAt: NOON - HOUR },
      'antivirus',
      'low',
      'базы антивируса',
    ],
    ['nothing but a broken connection', {}, 'line_or_power', 'low', 'без прощания'],
  ])('%s', (_name, more, cause, confidence, word) => {
    const [first] = silenceCauses(facts(more))
    expect(first).toMatchObject({ cause, confidence })
    expect(first?.because.map(each => each.ru).join('; ')).toContain(word)
    for (const { ru, en } of first?.because ?? []) expect([ru !== '', en !== '']).toEqual([true, true])
  })

  test('one till that is in contact speaks against the line of the site', () => {
    const others = [...silentTogether, { online: true, lastHeardAt: NOON + HOUR }]
    expect(silenceCauses(facts({ others })).map(each => each.cause)).not.toContain('site_link')
  })

  test('opening in the morning is not closing', () => {
    const opening = Date.UTC(2026, 10, 20, 6, 5)
    expect(silenceCauses(facts({ lastHeardAt: opening })).map(each => each.cause)).toEqual(['line_or_power'])
  })

  test('short breaks at the same time are no habit of switching off', () => {
    const breaks = nights.map(each => ({ ...each, backAt: each.beganAt + 5 * MINUTE }))
    expect(silenceCauses(facts({ lastHeardAt: CLOSING, site: null, earlier: breaks }))[0]?.cause).toBe('line_or_power')
  })

  test('an antivirus lets nobody say farewell', () => {
    const found = silenceCauses(facts({ antivirusUpdatedAt: NOON - HOUR, manner: 'stopped' }))
    expect(found.map(each => each.cause)).toEqual(['agent_stopped'])
  })

  test('surer guesses come first', () => {
    const found = silenceCauses(
      facts({ others: silentTogether, antivirusUpdatedAt: NOON - HOUR, diskFreeBytes: 0.5e9 }),
    )
    expect(found.map(each => each.confidence)).toEqual(['high', 'medium', 'low'])
  })
})
