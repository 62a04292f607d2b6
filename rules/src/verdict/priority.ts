import type { CanSellReason, EpochMs } from '@tillwatch/shared'
import { isOpen, nextOpening } from '../calendar/opening-hours.ts'
import { DAY_MS, HOUR_MS } from '../calendar/zone.ts'
import { both, levelText } from '../engine/describe.ts'
import { siteOf } from '../engine/scope.ts'
import type {
  Bilingual,
  CanSell,
  CauseClass,
  Condition,
  ItemView,
  Level,
  Priority,
  PriorityVerdict,
  TimeToStop,
} from '../model.ts'
import { CAN_SELL_TEXTS } from './time-to-stop.ts'

export interface PriorityInput {
  /** Conditions of one incident: those of the item in its cause class, or all of an item to see the item's own. */
  readonly conditions: readonly Condition[]
  readonly item: ItemView
  readonly timeToStop: TimeToStop | null
  readonly canSell: CanSell
}

interface Line {
  readonly priority: Priority
  readonly text: Bilingual
  /** A line of the site's class may raise it by one, never into 1 (domain ruling 17.3). */
  readonly stale: boolean
}

const BY_LEVEL: Readonly<Record<Level, Priority>> = { critical: 2, important: 3, minor: 4 }
/** "Opens soon" of domain section 5. */
const OPENS_SOON_MS = 4 * HOUR_MS
const IMMINENT_FN_MS = 3 * DAY_MS
const IMMINENT_OFD_MS = 5 * DAY_MS
const NETWORK_SITES = 50

const CLASS_OF_REASON: Readonly<Record<CanSellReason, CauseClass>> = {
  ofd_locked: 'ofd',
  fn_expired: 'fn_end',
  fn_full: 'fn_end',
  fn_phase: 'fn_state',
  fn_critical: 'fn_state',
  shift_expired: 'shift',
  paper_absent: 'register_error',
  cover_open: 'register_error',
  device_error: 'register_error',
}
const WAY_OUT: ReadonlySet<CanSellReason> = new Set(['shift_expired', 'paper_absent', 'cover_open'])
const CLASS_OF_STOP: Readonly<Partial<Record<TimeToStop['reason'], CauseClass>>> = {
  fn_date: 'fn_end',
  fn_documents: 'fn_end',
  fn_key_flag: 'fn_end',
  ofd_lock: 'ofd',
}

/** Why the register counts as stopped, and whether there is a way out on the spot. */
interface StopCause {
  readonly text: Bilingual
  readonly wayOut: boolean
}

/** Stops that belong to the incident: another cause's stop raises its own incident, not this one. */
function stopCauses({ conditions, item, canSell }: PriorityInput, now: EpochMs): StopCause[] {
  const classes = new Set(conditions.map(condition => condition.causeClass))
  const replacing = item.replacementUntil !== null && now < item.replacementUntil
  const causes: StopCause[] = []
  for (const reason of canSell.value === 'no' ? canSell.reasons : []) {
    if (reason === 'fn_phase' && replacing) continue
    if (conditions.length > 0 && !classes.has(CLASS_OF_REASON[reason])) continue
    causes.push({ text: CAN_SELL_TEXTS[reason], wayOut: WAY_OUT.has(reason) })
  }
  if (causes.length > 0) return causes
  return conditions
    .filter(condition => condition.stop === 'stopped')
    .map(condition => ({ text: condition.title, wayOut: condition.onSiteWorkaround }))
}

function stoppedLine(input: PriorityInput, now: EpochMs): Line | null {
  const causes = stopCauses(input, now)
  const worst = causes.find(cause => !cause.wayOut) ?? causes[0]
  if (!worst) return null
  const { item } = input
  const opening = openingOf(item, now)
  const blocking = !worst.wayOut && !item.spare && opening.counts
  const why = both(language => {
    const ru = language === 'ru'
    const spare = item.spare
      ? ru
        ? 'на объекте есть другая исправная касса'
        : 'another working register is at the site'
      : ru
        ? 'другой исправной кассы на объекте нет'
        : 'no other working register is at the site'
    const wayOut = worst.wayOut ? (ru ? '; устраняется на месте' : '; it can be put right on the spot') : ''
    return `${ru ? 'касса стоит' : 'the register is stopped'} (${worst.text[language]}); ${spare}; ${opening.text[language]}${wayOut}`
  })
  return { priority: blocking ? 1 : 2, text: why, stale: false }
}

/** Unknown hours count as open, and the text says that they are missing: a stop is not put off by an empty field. */
function openingOf(item: ItemView, now: EpochMs): { counts: boolean; text: Bilingual } {
  const site = siteOf(item)
  const open = isOpen(site, now)
  if (open === null) {
    return { counts: true, text: { ru: 'часы работы в паспорте не указаны', en: 'the passport has no opening hours' } }
  }
  if (open) return { counts: true, text: { ru: 'точка открыта', en: 'the site is open' } }
  const next = nextOpening(site, now)
  return next !== null && next - now <= OPENS_SOON_MS
    ? { counts: true, text: { ru: 'точка откроется в ближайшие 4 часа', en: 'the site opens within 4 hours' } }
    : {
        counts: false,
        text: { ru: 'точка закрыта дольше чем на 4 часа', en: 'the site stays closed for more than 4 hours' },
      }
}

function imminentLine({ conditions, item, timeToStop }: PriorityInput, now: EpochMs): Line | null {
  const causeClass = timeToStop ? CLASS_OF_STOP[timeToStop.reason] : undefined
  const own = conditions.length === 0 || conditions.some(condition => condition.causeClass === causeClass)
  const limitMs = causeClass === 'ofd' ? IMMINENT_OFD_MS : IMMINENT_FN_MS
  const bySelf = timeToStop && causeClass && own && timeToStop.at - now <= limitMs ? timeToStop.text : null
  const condition = conditions.find(one => one.stop === 'imminent')
  const text = bySelf ?? condition?.title
  if (!text) return null
  const stale =
    causeClass === 'ofd' &&
    conditions.length > 0 &&
    conditions.every(one => one.causeClass !== 'ofd' || one.lastKnownAt !== undefined)
  const why = both(language =>
    language === 'ru'
      ? `касса скоро остановится (${text.ru}); ${item.spare ? 'на объекте есть другая исправная касса' : 'другой исправной кассы на объекте нет'}`
      : `the register is about to stop (${text.en}); ${item.spare ? 'another working register is at the site' : 'no other working register is at the site'}`,
  )
  return { priority: item.spare ? 3 : 2, text: why, stale }
}

const levelLine = (condition: Condition): Line => ({
  priority: BY_LEVEL[condition.level],
  text: both(
    language =>
      `${condition.title[language]} — ${language === 'ru' ? `уровень «${levelText(condition.level).ru}»` : `level ${levelText(condition.level).en}`}`,
  ),
  stale: condition.lastKnownAt !== undefined,
})

const STALE_TEXT: Bilingual = {
  ru: 'данные устарели, поэтому не выше «Важного»',
  en: 'the facts are stale, so no more than Important',
}
const PRIORITY_NAMES: Readonly<Record<Priority, Bilingual>> = {
  1: { ru: 'Блокирующий', en: 'Blocking' },
  2: { ru: 'Критический', en: 'Critical' },
  3: { ru: 'Важный', en: 'Important' },
  4: { ru: 'Незначительный', en: 'Minor' },
}

/** Site class A or a network raises 4 to 3 and 3 to 2, nothing into 1 (domain ruling 17.3). */
function raisedBy({ site }: ItemView): Bilingual | null {
  if (site?.class === 'A') return { ru: 'объект класса A: на ступень выше', en: 'site of class A: one step up' }
  if (site && site.clientSites >= NETWORK_SITES) {
    return {
      ru: `сеть из ${site.clientSites} объектов: на ступень выше`,
      en: `network of ${site.clientSites} sites: one step up`,
    }
  }
  return null
}

/**
 * Priority of an automatic incident and every line of the method that applied, in words a client can read
 * (domain section 5, rulings 17.1 to 17.3, 17.12 and 17.14). The smallest number wins. Pure.
 */
export function priorityOf(input: PriorityInput, now: EpochMs): PriorityVerdict {
  const lines = [stoppedLine(input, now), imminentLine(input, now), ...input.conditions.map(levelLine)].filter(
    line => line !== null,
  )
  const capped = lines.map(line => (line.stale && line.priority < 3 ? { ...line, priority: 3 as const } : line))
  const base = Math.min(4, ...capped.map(line => line.priority)) as Priority
  const fresh = lines.some(line => !line.stale)
  const raise = base === 3 || base === 4 ? raisedBy(input.item) : null
  const raised = raise ? ((base - 1) as Priority) : base
  const priority = fresh || lines.length === 0 ? raised : (Math.max(3, raised) as Priority)
  const texts = [...capped.sort((a, b) => a.priority - b.priority).map(line => line.text)]
  if (lines.some(line => line.stale)) texts.push(STALE_TEXT)
  if (raise && priority < base) texts.push(raise)
  return {
    priority,
    reason: both(
      language =>
        `${priority} ${PRIORITY_NAMES[priority][language]}: ${texts.map(text => text[language]).join('; ') || NO_LINES[language]}.`,
    ),
  }
}

const NO_LINES: Bilingual = { ru: 'работа не нарушена', en: 'no loss of function' }
