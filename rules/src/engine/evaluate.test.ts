import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compilePack,
  type Evaluation,
  evaluateItem,
  explainItem,
  type FactState,
  type ItemView,
  type RuleSet,
  type RuleState,
  SHIPPED_PACKS,
} from '../index.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const MINUTE = 60_000
const fact = (value: FactState['value'], at = NOW): FactState => ({ value, at, receivedAt: at, source: 'register' })

function register(facts: Record<string, FactState['value']>, changes: Partial<ItemView> = {}, at = NOW): ItemView {
  return {
    id: 'register-1',
    kind: 'register',
    facts: Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, fact(value, at)])),
    site: { id: 'site-1', timezone: 'Europe/Moscow', hours: null, class: null, clientSites: 1 },
    presence: null,
    replacementUntil: null,
    spare: false,
    ...changes,
  }
}

function compiled(text: string): RuleSet {
  const result = compilePack([{ file: 'test.yaml', text }])
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}
const shipped = (): RuleSet => {
  const result = compilePack(SHIPPED_PACKS.map(url => ({ file: url.pathname, text: readFileSync(url, 'utf8') })))
  if (!result.ok) throw new Error('shipped packs do not compile')
  return result.value
}
const TEXTS = `
    title: { ru: Да, en: 'Yes' }
    expected: { ru: Нет, en: 'No' }
    component: { ru: Касса, en: Register }`

describe('evaluateItem', () => {
  it('lets a rule that fails block no other rule', () => {
    const rules = compiled(`
rules:
  - id: test.broken
    item: register
    class: config
    needs: [fiscal.fn.flags]${TEXTS}
    levels: { minor: { set: '"x" in fiscal.fn.flags' } }
  - id: test.sound
    item: register
    class: config
    needs: [fiscal.ofd.unsent_documents]${TEXTS}
    levels: { minor: { set: fiscal.ofd.unsent_documents > 1 } }
`)
    const evaluation = evaluateItem(
      rules,
      register({ 'fiscal.fn.flags': 'no list', 'fiscal.ofd.unsent_documents': 2 }),
      null,
      NOW,
    )
    expect(evaluation.conditions.map(condition => condition.rule)).toEqual(['test.sound'])
    expect(evaluation.unjudged[0]?.rule).toBe('test.broken')
    expect(evaluation.unjudged[0]?.reason.ru).toContain('правило не вычислилось')
  })

  it('tells what changed and why: raised, worsened, eased, cleared', () => {
    const rules = shipped()
    const queue = (since: string | null, at: number) =>
      register({ 'fiscal.ofd.unsent_documents': since ? 3 : 0, 'fiscal.ofd.first_unsent_at': since }, {}, at)
    const kinds: (string | undefined)[] = []
    let state: RuleState | null = null
    const step = (item: ItemView, at: number) => {
      const evaluation: Evaluation = evaluateItem(rules, item, state, at)
      state = evaluation.state
      kinds.push(...evaluation.transitions.map(({ kind, from, to }) => `${kind} ${from} ${to}`))
      return evaluation
    }
    step(queue('2026-11-20T12:00', NOW), NOW)
    const worse = step(queue('2026-11-18T12:00', NOW + MINUTE), NOW + MINUTE)
    step(queue('2026-11-21T12:00', NOW + 2 * MINUTE), NOW + 2 * MINUTE)
    step(queue('2026-11-21T12:00', NOW + 32 * MINUTE), NOW + 32 * MINUTE)
    step(queue(null, NOW + 33 * MINUTE), NOW + 33 * MINUTE)
    const end = step(queue(null, NOW + 63 * MINUTE), NOW + 63 * MINUTE)
    expect(kinds).toEqual([
      'raised null minor',
      'worsened minor important',
      'eased important minor',
      'cleared minor null',
    ])
    expect(worse.transitions[0]?.explanation.ru).toContain('Было: незначительный')
    expect(end.transitions[0]?.condition.title.ru).toContain('Чеки не уходят в ОФД')
    expect(end.conditions).toEqual([])
  })

  it('keeps the onset before the hold and the moment when it began to count', () => {
    const rules = shipped()
    const item = register({ 'fiscal.fn.flags': ['critical_error'] })
    const first = evaluateItem(rules, item, null, NOW)
    expect(first.conditions).toEqual([])
    expect(first.nextDueAt).toBe(NOW + 5 * MINUTE)
    const second = evaluateItem(rules, item, first.state, NOW + 5 * MINUTE)
    expect(second.conditions[0]).toMatchObject({
      onsetAt: NOW,
      since: NOW + 5 * MINUTE,
      causeClass: 'fn_state',
      stop: 'stopped',
    })
  })

  it('17.5: takes the FN serial as the subject of class fn_end', () => {
    const item = register({ 'fiscal.fn.serial': '9960440300112233', 'fiscal.fn.valid_until': '2026-11-25' })
    const first = evaluateItem(shipped(), item, null, NOW)
    expect(first.conditions[0]?.subject).toBe('9960440300112233')
    const next = register({ 'fiscal.fn.serial': '9960440300999999', 'fiscal.fn.valid_until': '2026-11-26' })
    const second = evaluateItem(shipped(), next, first.state, NOW + MINUTE)
    expect(second.transitions.map(({ kind, condition }) => `${kind} ${condition.subject}`)).toEqual([
      'cleared 9960440300112233',
      'raised 9960440300999999',
    ])
  })

  it('17.21: never counts the silence of the collector itself', () => {
    const rules = shipped()
    const hours = { week: { 1: ALL_DAY, 2: ALL_DAY, 3: ALL_DAY, 4: ALL_DAY, 5: ALL_DAY, 6: ALL_DAY, 7: ALL_DAY } }
    const site = { id: 's', timezone: 'Europe/Moscow', hours, class: null, clientSites: 1 } as const
    const presence = { lastHeardAt: NOW - 24 * 60 * MINUTE, collectorStartedAt: NOW }
    const item = register({}, { kind: 'pc', site, presence })
    const evaluation = evaluateItem(rules, item, null, NOW)
    expect(evaluation.conditions).toEqual([])
    expect(evaluation.nextDueAt).toBe(NOW + 25 * MINUTE)
    expect(evaluateItem(rules, item, evaluation.state, NOW + 25 * MINUTE).conditions[0]?.level).toBe('important')
  })

  it('17.21: a restart of the collector does not end a silence, the agent does', () => {
    const rules = shipped()
    const hours = { week: { 1: ALL_DAY, 2: ALL_DAY, 3: ALL_DAY, 4: ALL_DAY, 5: ALL_DAY, 6: ALL_DAY, 7: ALL_DAY } }
    const site = { id: 's', timezone: 'Europe/Moscow', hours, class: null, clientSites: 1 } as const
    const pc = (lastHeardAt: number, collectorStartedAt: number) =>
      register({}, { kind: 'pc', site, presence: { lastHeardAt, collectorStartedAt } })
    const silent = evaluateItem(rules, pc(NOW - 60 * MINUTE, 0), null, NOW)
    expect(silent.conditions[0]?.level).toBe('important')
    let state: RuleState = silent.state
    for (let now = NOW; now <= NOW + 60 * MINUTE; now += MINUTE) {
      const evaluation: Evaluation = evaluateItem(rules, pc(NOW - 60 * MINUTE, NOW), state, now)
      expect(evaluation.transitions).toEqual([])
      expect(evaluation.conditions[0]?.title.ru).toContain(now === NOW ? '60 минут' : 'Компьютер кассы не на связи')
      state = evaluation.state
    }
    const heardAt = NOW + 61 * MINUTE
    const back = evaluateItem(rules, pc(heardAt, NOW), state, heardAt)
    const end = evaluateItem(rules, pc(heardAt, NOW), back.state, heardAt + 10 * MINUTE)
    expect(end.conditions).toEqual([])
  })

  it('asks to be looked at four hours before opening, when a stop becomes Blocking', () => {
    const day = ['10:00-23:00']
    const hours = { week: { 1: day, 2: day, 3: day, 4: day, 5: day, 6: day, 7: day } }
    const site = { id: 's', timezone: 'Europe/Moscow', hours, class: null, clientSites: 1 } as const
    const night = Date.parse('2026-11-22T21:00:00Z')
    const stopped = register({ 'fiscal.fn.valid_until': '2026-11-20' }, { site }, night)
    expect(evaluateItem(shipped(), stopped, null, night).nextDueAt).toBe(Date.parse('2026-11-23T03:00:00Z'))
    const minor = register({ 'fiscal.fn.valid_until': '2026-12-20' }, { site }, night)
    expect(evaluateItem(shipped(), minor, null, night).nextDueAt).toBeGreaterThan(night + 24 * 60 * MINUTE)
  })

  it('17.10: says "flapping" only while the state flaps', () => {
    const rules = shipped()
    let state: RuleState | null = null
    const say = (bad: boolean, minute: number) => {
      const at = NOW + minute * MINUTE
      const evaluation: Evaluation = evaluateItem(
        rules,
        register({ 'fiscal.fn.flags': bad ? ['critical_error'] : [] }, {}, at),
        state,
        at,
      )
      state = evaluation.state
      return evaluation.conditions[0]
    }
    say(true, 0)
    expect(say(true, 20)?.flapping).toBeUndefined()
    for (const minute of [21, 23, 25]) {
      say(false, minute)
      say(true, minute + 1)
    }
    expect(say(true, 27)?.flapping).toBe(true)
    expect(say(true, 56)?.flapping).toBeUndefined()
    expect(say(true, 300)).toMatchObject({ rule: 'fn.flags.critical_error' })
  })

  it('asks for a look at most once a second while a flapping state stays bad for just half of the time', () => {
    const rules = compiled(`
rules:
  - id: test.flag
    item: register
    class: config
    needs: [fiscal.fn.flags]
    hold: 30m${TEXTS}
    levels: { minor: { set: "'ofd_timeout' in fiscal.fn.flags" } }
`)
    let state: RuleState | null = null
    const look = (bad: boolean, at: number) => {
      const item = register({ 'fiscal.fn.flags': bad ? ['ofd_timeout'] : [] }, {}, at)
      const evaluation: Evaluation = evaluateItem(rules, item, state, at)
      state = evaluation.state
      return evaluation
    }
    for (const [index, minute] of [0, 10, 20, 22].entries()) look(index % 2 === 0, NOW + minute * MINUTE)
    let dueAt = NOW + 27 * MINUTE
    for (let looks = 0; looks < 20; looks++) {
      const next = look(true, dueAt).nextDueAt ?? 0
      expect(next - dueAt).toBeGreaterThanOrEqual(1000)
      dueAt = next
    }
  })

  it('starts anew, rather than failing, on state that an older program wrote', () => {
    const item = register({ 'fiscal.fn.valid_until': '2026-11-25' })
    const evaluation = evaluateItem(shipped(), item, { 'fn.expiry': { old: 'shape' }, gone: 1 }, NOW)
    expect(evaluation.conditions[0]?.rule).toBe('fn.expiry')
  })

  it('never throws, and is the same after its state went through JSON', () => {
    const rules = shipped()
    const value = fc.oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string()),
      fc.constant('2026-11-20T10:00'),
    )
    const names = [
      'fiscal.register.link',
      'fiscal.ofd.unsent_documents',
      'fiscal.ofd.first_unsent_at',
      'fiscal.fn.valid_until',
      'fiscal.fn.flags',
      'fiscal.fn.phase',
      'fiscal.fn.last_document',
      'fiscal.shift.state',
      'fiscal.shift.opened_at',
      'fiscal.register.clock_skew_ms',
    ]
    const facts = fc.dictionary(fc.constantFrom(...names), value)
    fc.assert(
      fc.property(fc.array(fc.tuple(facts, fc.integer({ min: 1, max: 10 * 60 * MINUTE })), { maxLength: 8 }), steps => {
        let now = NOW
        let kept: RuleState | null = null
        let stored: RuleState | null = null
        for (const [known, stepMs] of steps) {
          now += stepMs
          const item = register(known, {}, now)
          const direct: Evaluation = evaluateItem(rules, item, kept, now)
          const restored: Evaluation = evaluateItem(rules, item, stored, now)
          expect(restored).toEqual(direct)
          kept = direct.state
          stored = JSON.parse(JSON.stringify(restored.state))
        }
      }),
      { numRuns: 40 },
    )
  })

  it('needs no look between its due moments: ticking each minute gives the same transitions', () => {
    const rules = shipped()
    const since = fc
      .integer({ min: 0, max: 40 * 24 * 60 })
      .map(minutes => new Date(NOW - minutes * MINUTE).toISOString().slice(0, 16))
    const link = fc.constantFrom('ok', 'silent')
    fc.assert(
      fc.property(since, link, fc.constantFrom([], ['replace_urgently']), (openedAt, linkState, flags) => {
        const facts = {
          'fiscal.register.link': linkState,
          'fiscal.fn.flags': flags,
          'fiscal.ofd.unsent_documents': 1,
          'fiscal.ofd.first_unsent_at': openedAt,
        }
        const run = (everyMinute: boolean) => {
          const seen: string[] = []
          let state: RuleState | null = null
          let now = NOW
          while (now <= NOW + 5 * 60 * MINUTE) {
            const evaluation: Evaluation = evaluateItem(rules, register(facts, {}, now), state, now)
            state = evaluation.state
            seen.push(
              ...evaluation.transitions.map(({ kind, condition, to }) => `${now} ${kind} ${condition.rule} ${to}`),
            )
            now = everyMinute ? now + MINUTE : (evaluation.nextDueAt ?? Number.POSITIVE_INFINITY)
          }
          return seen
        }
        expect(run(false)).toEqual(run(true))
      }),
      { numRuns: 40 },
    )
  })
})

const ALL_DAY = ['00:00-24:00']

describe('explainItem', () => {
  it('says for every rule of the kind what it found, in both languages', () => {
    const item = register({
      'fiscal.fn.valid_until': '2026-12-14',
      'fiscal.fn.flags': ['ofd_timeout'],
      'fiscal.register.clock_skew_ms': 10_800_000,
    })
    const state = evaluateItem(shipped(), item, null, NOW).state
    const by = Object.fromEntries(explainItem(shipped(), item, state, NOW + MINUTE).map(one => [one.rule, one]))
    expect(by['fn.expiry']).toMatchObject({ verdict: 'fired', level: 'important' })
    expect(by['fn.expiry']?.text.ru).toContain('22 дня (порог 14 дней, 30 дней)')
    expect(by['fn.flags.ofd_timeout']).toMatchObject({ verdict: 'pending' })
    expect(by['fn.flags.ofd_timeout']?.text.en).toContain('follows in 4 minutes')
    expect(by['ofd.queue_age']).toMatchObject({ verdict: 'unjudged' })
    expect(by['clock.register']?.text.ru).toContain('часовой пояс')
    // 690 minutes, which are no whole number of half hours more.
    const off = register({ 'fiscal.register.clock_skew_ms': 41_400_000 + 13 * MINUTE })
    const [skew] = explainItem(shipped(), off, evaluateItem(shipped(), off, null, NOW).state, NOW).filter(
      one => one.rule === 'clock.register',
    )
    expect(skew?.text.ru).toContain('11 часов 43 минуты')
    expect(skew?.text.en).toContain('11 hours 43 minutes')
    expect(by['fn.phase']?.text.en).toContain('has not been read yet')
  })
})
