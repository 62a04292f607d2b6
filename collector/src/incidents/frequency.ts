import { type Bilingual, counted } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { FrequencyKind } from '@tillwatch/shared/api'
import { localMoment } from './local-time.ts'

const DAY_MS = 24 * 3_600_000
export const FREQUENCY_WINDOW_MS = 30 * DAY_MS
/** From these counts on it is often rather than rarely. */
const OFTEN_IN_WEEK = 3
const OFTEN_IN_MONTH = 5
/** What has been good for this long before worked, and stopped. */
const WORKED_MS = DAY_MS

/** What frequency is computed from. */
export interface FrequencyFacts {
  /** Instants at which the same fault began at the item, in any order; only the last 30 days count. */
  readonly onsets: readonly EpochMs[]
  /** Since when the item is known at all; null when it never was. */
  readonly knownSince: EpochMs | null
  /** When the same fault last ended before the present occurrence; null when it had not occurred. */
  readonly endedAt: EpochMs | null
  /** Begin of the present, or the last, occurrence. */
  readonly onsetAt: EpochMs
  readonly isOver: boolean
}

/** How often a fault occurs, computed from history. */
export interface Frequency {
  readonly kind: FrequencyKind
  readonly day: number
  readonly week: number
  readonly month: number
  /** Last moment at which it is known to have been good; null when it never was while we watched. */
  readonly lastGoodAt: EpochMs | null
  readonly text: Bilingual
}

/** Once, rarely, often (how often), or worked and stopped (when). Times in words are those of `zone`. */
export function frequencyOf(facts: FrequencyFacts, now: EpochMs, zone: string): Frequency {
  const within = (ms: number) => facts.onsets.filter(at => at > now - ms && at <= now).length
  const [day, week, month] = [within(DAY_MS), within(7 * DAY_MS), within(FREQUENCY_WINDOW_MS)]
  const goodSince = facts.endedAt ?? facts.knownSince
  const wasGood = goodSince !== null && goodSince < facts.onsetAt
  const lastGoodAt = wasGood ? facts.onsetAt : null
  const worked = wasGood && facts.onsetAt - goodSince >= WORKED_MS
  const kind = kindOf({ week, month }, worked && !facts.isOver)
  const counts: Bilingual = {
    ru: `за сутки ${day}, за 7 дней ${week}, за 30 дней ${month}`,
    en: `${day} in 24 h, ${week} in 7 days, ${month} in 30 days`,
  }
  const lastGood = (language: keyof Bilingual) => (lastGoodAt === null ? '' : localMoment(language, lastGoodAt, zone))
  const words = WORDS[kind]({ week, month }, { ru: lastGood('ru'), en: lastGood('en') })
  const text = { ru: `${words.ru} (${counts.ru})`, en: `${words.en} (${counts.en})` }
  return { kind, day, week, month, lastGoodAt, text }
}

type Counts = Pick<Frequency, 'week' | 'month'>

function kindOf({ week, month }: Counts, workedAndStopped: boolean): FrequencyKind {
  if (week >= OFTEN_IN_WEEK || month >= OFTEN_IN_MONTH) return 'often'
  if (month > 1) return 'rare'
  return workedAndStopped ? 'stopped' : 'once'
}

const TIMES = { ru: 'раз|раза|раз', en: 'time|times' }
const times = (language: keyof Bilingual, value: number) => counted(language, value, TIMES[language])

const WORDS: Readonly<Record<FrequencyKind, (counts: Counts, lastGood: Bilingual) => Bilingual>> = {
  once: () => ({ ru: 'один раз', en: 'once' }),
  rare: ({ month }) => ({
    ru: `редко: ${times('ru', month)} за 30 дней`,
    en: `rarely: ${times('en', month)} in 30 days`,
  }),
  often: ({ week, month }) =>
    week >= OFTEN_IN_WEEK
      ? { ru: `часто: ${times('ru', week)} за 7 дней`, en: `often: ${times('en', week)} in 7 days` }
      : { ru: `часто: ${times('ru', month)} за 30 дней`, en: `often: ${times('en', month)} in 30 days` },
  stopped: (_counts, lastGood) => ({
    ru: `работало и перестало ${lastGood.ru}`,
    en: `worked and stopped at ${lastGood.en}`,
  }),
}
