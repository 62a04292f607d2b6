import { readFileSync } from 'node:fs'
import { compilePack, evaluateItem, type ItemView, parseHours, type RuleState, SHIPPED_PACKS } from '@tillwatch/rules'
import { AppError } from '@tillwatch/shared'
import { processorMs, type Report, rounded } from './result.ts'
import { healthyFacts, serialOf } from './rules-fleet.ts'

const FLEET = 2_000
const MINUTE_MS = 60_000

/** Registers as the evaluator sees them, each a little different. */
function views(now: number): ItemView[] {
  const hours = parseHours('10:00-23:00')
  if (!hours.ok) throw new AppError('bench.hours', 'the hours of the benchmark cannot be read')
  const site = { id: 'cafe', timezone: 'Europe/Moscow', hours: hours.value, class: 'B', clientSites: 1 } as const
  return Array.from({ length: FLEET }, (_, index) => ({
    ...{ id: serialOf(index), kind: 'register', site, presence: null, replacementUntil: null, spare: true },
    facts: Object.fromEntries(
      Object.entries(healthyFacts(index, index)).map(([name, value]) => [
        name,
        { value, at: now, receivedAt: now, source: 'register' as const },
      ]),
    ),
  }))
}

/** Runs for `seconds` of processor time, a whole fleet at a time; calls of `once` in a second of it, whoever else uses the machine. */
function rateOf(seconds: number, once: (index: number) => unknown): number {
  const began = process.cpuUsage()
  let count = 0
  let usedMs = 0
  for (; usedMs < seconds * 1_000; count += FLEET) {
    for (let index = 0; index < FLEET; index++) once(index)
    usedMs = processorMs(began)
  }
  return (count * 1_000) / usedMs
}

/** The rules alone on one core: no file, no incident, the memory of the last evaluation at hand. */
export function measureEngine(seconds: number, now: number, report: Report): void {
  const packs = SHIPPED_PACKS.map(url => ({ file: url.pathname, text: readFileSync(url, 'utf8') }))
  const compiled = compilePack(packs)
  if (!compiled.ok) throw new AppError('bench.packs', 'the shipped packs do not compile')
  const rules = compiled.value
  const items = views(now)
  const memories: (RuleState | null)[] = items.map(() => null)
  let at = now
  const evaluate = (index: number): void => {
    if (index === 0) at += MINUTE_MS
    const item = items[index]
    if (item) memories[index] = evaluateItem(rules, item, memories[index] ?? null, at).state
  }
  for (let index = 0; index < FLEET; index++) evaluate(index)
  const texts = items.map(({ facts }) => JSON.stringify(facts))
  const evaluations = rateOf(seconds, evaluate)
  const parses = rateOf(Math.min(seconds, 3), index => JSON.parse(texts[index] ?? ''))
  report({
    measure: 'engine.evaluations',
    value: rounded(evaluations),
    unit: `evaluations/s of ${rules.byItem.register.length} rules on one core`,
    ratio: rounded(evaluations / parses),
    against: `${rounded(parses)} states/s: the facts of the same registers parsed from JSON, with nothing asked of them`,
  })
  report({ measure: 'engine.100k', value: rounded(100_000_000 / evaluations), unit: 'ms for 100 000 registers' })
}
