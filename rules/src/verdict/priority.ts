import type { CanSellReason, EpochMs } from '@tillwatch/shared'
import { isOpen, opensSoonFrom } from '../calendar/opening-hours.ts'
import { DAY_MS } from '../calendar/zone.ts'
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
import { IMMINENT_FN_DAYS, IMMINENT_OFD_DAYS, NETWORK_SITES, PRIORITY_METHOD } from './method.ts'
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
  /** Known from stale facts alone: at most 3 (domain ruling 17.12). */
  readonly stale: boolean
}

const BY_LEVEL: Readonly<Record<Level, Priority>> = { critical: 2, important: 3, minor: 4 }

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
  readonly stale: boolean
}

/**
 * Stops that belong to the incident: another cause's stop raises its own incident, not this one. Where it is not known
 * whether the register sells, a condition tells: a link lost for two hours of opening time (domain ruling 17.14).
 */
function stopCauses({ conditions, item, canSell }: PriorityInput, now: EpochMs): StopCause[] {
  const classes = new Set(conditions.map(condition => condition.causeClass))
  const replacing = item.replacementUntil !== null && now < item.replacementUntil
  const causes: StopCause[] = []
  for (const reason of canSell.value === 'no' ? canSell.reasons : []) {
    if (reason === 'fn_phase' && replacing) continue
    if (conditions.length > 0 && !classes.has(CLASS_OF_REASON[reason])) continue
    causes.push({ text: CAN_SELL_TEXTS[reason], wayOut: WAY_OUT.has(reason), stale: false })
  }
  if (causes.length > 0 || canSell.value === 'yes') return causes
  return conditions
    .filter(condition => condition.stop === 'stopped')
    .map(one => ({ text: one.title, wayOut: one.onSiteWorkaround, stale: one.lastKnownAt !== undefined }))
}

const spareText = ({ spare }: ItemView): Bilingual =>
  spare
    ? { ru: 'на объекте есть другая исправная касса', en: 'another working register is at the site' }
    : { ru: 'другой исправной кассы на объекте нет', en: 'no other working register is at the site' }

function stoppedLine(input: PriorityInput, now: EpochMs): Line | null {
  const causes = stopCauses(input, now)
  const worst = causes.find(cause => !cause.wayOut && !cause.stale) ?? causes.find(cause => !cause.stale) ?? causes[0]
  if (!worst) return null
  const { item } = input
  const opening = openingOf(item, now)
  const blocking = !worst.wayOut && !item.spare && opening.counts
  const why = both(language => {
    const ru = language === 'ru'
    const wayOut = worst.wayOut ? (ru ? '; устраняется на месте' : '; it can be put right on the spot') : ''
    return `${ru ? 'касса стоит' : 'the register is stopped'} (${worst.text[language]}); ${spareText(item)[language]}; ${opening.text[language]}${wayOut}`
  })
  return { priority: blocking ? 1 : 2, text: why, stale: worst.stale }
}

/** Unknown hours count as open, and the text says that they are missing: a stop is not put off by an empty field. */
function openingOf(item: ItemView, now: EpochMs): { counts: boolean; text: Bilingual } {
  const site = siteOf(item)
  const open = isOpen(site, now)
  if (open === null) {
    return { counts: true, text: { ru: 'часы работы в паспорте не указаны', en: 'the passport has no opening hours' } }
  }
  if (open) return { counts: true, text: { ru: 'точка открыта', en: 'the site is open' } }
  const soonFrom = opensSoonFrom(site, now)
  return soonFrom !== null && soonFrom <= now
    ? { counts: true, text: { ru: 'точка откроется в ближайшие 4 часа', en: 'the site opens within 4 hours' } }
    : {
        counts: false,
        text: { ru: 'точка закрыта дольше чем на 4 часа', en: 'the site stays closed for more than 4 hours' },
      }
}

function imminentLine({ conditions, item, timeToStop }: PriorityInput, now: EpochMs): Line | null {
  const causeClass = timeToStop ? CLASS_OF_STOP[timeToStop.reason] : undefined
  const own = conditions.length === 0 || conditions.some(condition => condition.causeClass === causeClass)
  const limitMs = (causeClass === 'ofd' ? IMMINENT_OFD_DAYS : IMMINENT_FN_DAYS) * DAY_MS
  const bySelf = timeToStop && causeClass && own && timeToStop.at - now <= limitMs ? timeToStop.text : null
  const condition = conditions.find(one => one.stop === 'imminent')
  const text = bySelf ?? condition?.title
  if (!text) return null
  const stale = bySelf ? causeClass === 'ofd' && timeToStop?.confidence === 'low' : condition?.lastKnownAt !== undefined
  const why = both(
    language =>
      `${language === 'ru' ? 'касса скоро остановится' : 'the register is about to stop'} (${text[language]}); ${spareText(item)[language]}`,
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
  const lines = [stoppedLine(input, now), imminentLine(input, now), ...input.conditions.map(levelLine)]
    .filter(line => line !== null)
    .map(line => ({ ...line, base: line.stale ? (Math.max(3, line.priority) as Priority) : line.priority }))
    .sort((a, b) => a.base - b.base)
  const raise = raisedBy(input.item)
  const raised = ({ base, stale }: { base: Priority; stale: boolean }): number =>
    raise && (base === 4 || (base === 3 && !stale)) ? base - 1 : base
  const base = lines[0]?.base ?? 4
  const priority = Math.min(4, ...lines.map(raised)) as Priority
  const texts = lines.map(line => line.text)
  if (lines.some(line => line.stale)) texts.push(STALE_TEXT)
  if (raise && priority < base) texts.push(raise)
  return {
    priority,
    reason: both(
      language =>
        `${priority} ${nameOf(priority)[language]}: ${texts.map(text => text[language]).join('; ') || NO_LINES[language]}.`,
    ),
  }
}

const nameOf = (priority: Priority): Bilingual =>
  PRIORITY_METHOD.levels.find(level => level.priority === priority)?.name ?? { ru: '', en: '' }

const NO_LINES: Bilingual = { ru: 'работа не нарушена', en: 'no loss of function' }
