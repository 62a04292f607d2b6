import type { CanSellReason, EpochMs } from '@tillwatch/shared'
import { dayOfDate, dayStart, HOUR_MS, instantOfLocal } from '../calendar/zone.ts'
import { both, momentText } from '../engine/describe.ts'
import { siteOf } from '../engine/scope.ts'
import type { Bilingual, ItemView, TimeToStop } from '../model.ts'
import { canSell, isOfdStale, knownValue, ofdLockAt, shiftLockAt } from './can-sell.ts'
import { keyDate, keyUntil } from './key-until.ts'

type Reason = TimeToStop['reason']
type Confidence = TimeToStop['confidence']
interface Candidate {
  readonly at: EpochMs
  readonly reason: Reason
  readonly confidence: Confidence
}

/** The lock of a shift is shown in its last hours only: every shift would have one otherwise. */
const SHIFT_SHOWN_MS = 4 * HOUR_MS

/** Why a register will stop, in words. */
export const STOP_TEXTS: Readonly<Record<Reason, Bilingual>> = {
  fn_date: { ru: 'заканчивается срок действия ФН', en: 'the fiscal drive reaches its date' },
  fn_documents: { ru: 'заканчивается память ФН', en: 'the fiscal drive runs out of documents' },
  fn_key_flag: { ru: 'заканчивается ресурс ключа ФН', en: "the fiscal drive's key runs out" },
  ofd_lock: {
    ru: 'блокировка: чеки не уходят в ОФД 30 дней',
    en: 'lock: receipts have not reached the OFD for 30 days',
  },
  shift_lock: { ru: 'смена достигнет 24 часов', en: 'the shift reaches 24 hours' },
  disk_full: { ru: 'диск заполнится', en: 'the disk fills up' },
  stopped: { ru: 'касса не может пробить чек', en: 'the register cannot issue a receipt' },
}

/** Why a register cannot sell, in words. */
export const CAN_SELL_TEXTS: Readonly<Record<CanSellReason, Bilingual>> = {
  ofd_locked: {
    ru: 'ФН заблокирован: чеки не уходили в ОФД 30 дней',
    en: 'the fiscal drive is locked: receipts have not reached the OFD for 30 days',
  },
  fn_expired: { ru: 'срок действия ФН истёк', en: 'the fiscal drive is past its date' },
  fn_full: { ru: 'память ФН исчерпана', en: 'the fiscal drive is full' },
  fn_phase: { ru: 'ФН не в рабочей фазе', en: 'the fiscal drive is not in fiscal mode' },
  fn_critical: { ru: 'критическая ошибка ФН', en: 'critical error of the fiscal drive' },
  shift_expired: {
    ru: 'смена больше 24 часов, её надо закрыть',
    en: 'the shift is over 24 hours and has to be closed',
  },
  paper_absent: { ru: 'нет бумаги', en: 'no paper' },
  cover_open: { ru: 'открыта крышка', en: 'the cover is open' },
  device_error: { ru: 'ошибка кассы', en: 'the register reports an error' },
}

const localOf = (item: ItemView, name: 'fiscal.fn.exhausted_at' | 'host.disk.full_at'): EpochMs | null => {
  const text = knownValue(item, name)
  return typeof text === 'string' ? instantOfLocal(siteOf(item).timezone, text) : null
}

/** End of the last local day on which the FN signs (domain ruling 17.4). */
function fnDateEnd(item: ItemView): EpochMs | null {
  const text = knownValue(item, 'fiscal.fn.valid_until')
  const day = typeof text === 'string' ? dayOfDate(text) : null
  return day === null ? null : dayStart(siteOf(item).timezone, day + 1)
}

const CONFIDENCES = ['high', 'medium', 'low'] as const
/** The forecast puts its confidence beside the date; without it the middle is taken. */
const confidenceOf = (raw: unknown): Confidence => CONFIDENCES.find(one => one === raw) ?? 'medium'

function keyEnd(item: ItemView): Candidate | null {
  const until = keyUntil(item)
  const validUntil = knownValue(item, 'fiscal.fn.valid_until')
  if (typeof until?.value !== 'string') return null
  const date = keyDate(until.value, typeof validUntil === 'string' ? validUntil : null)
  const at = date === null ? null : instantOfLocal(siteOf(item).timezone, date)
  return at === null ? null : { at, reason: 'fn_key_flag', confidence: confidenceOf(until.raw) }
}

function registerCandidates(item: ItemView, now: EpochMs): Candidate[] {
  const candidates: Candidate[] = []
  const fnDate = fnDateEnd(item)
  if (fnDate !== null) candidates.push({ at: fnDate, reason: 'fn_date', confidence: item.site ? 'high' : 'medium' })
  const documents = localOf(item, 'fiscal.fn.exhausted_at')
  if (documents !== null) {
    const confidence = confidenceOf(item.facts['fiscal.fn.exhausted_at']?.raw)
    candidates.push({ at: documents, reason: 'fn_documents', confidence })
  }
  const key = keyEnd(item)
  if (key) candidates.push(key)
  const lock = ofdLockAt(item)
  if (lock !== null)
    candidates.push({ at: lock, reason: 'ofd_lock', confidence: isOfdStale(item, now) ? 'low' : 'high' })
  const shift = shiftLockAt(item, now)
  if (shift !== null && now >= shift - SHIFT_SHOWN_MS) {
    candidates.push({ at: shift, reason: 'shift_lock', confidence: 'high' })
  }
  return candidates
}

/**
 * The earliest moment at which a register stops selling (or a disk is full), with its reason; `stopped` now when it
 * cannot sell already; null when nothing predicts a stop. Domain section 4.
 */
export function timeToStop(item: ItemView, now: EpochMs): TimeToStop | null {
  if (item.kind === 'volume') {
    const at = localOf(item, 'host.disk.full_at')
    return at === null
      ? null
      : described(item, {
          at: Math.max(at, now),
          reason: 'disk_full',
          confidence: confidenceOf(item.facts['host.disk.full_at']?.raw),
        })
  }
  if (item.kind !== 'register') return null
  const sells = canSell(item, now)
  if (sells.value === 'no') {
    const text = both(language => sells.reasons.map(reason => CAN_SELL_TEXTS[reason][language]).join('; '))
    return {
      at: now,
      reason: 'stopped',
      confidence: 'high',
      text: both(language => `${STOP_TEXTS.stopped[language]}: ${text[language]}`),
    }
  }
  const first = registerCandidates(item, now).sort((a, b) => a.at - b.at)[0]
  return first ? described(item, first) : null
}

/** A day's end is told as that day, not as midnight of the next. */
const described = (item: ItemView, { at, reason, confidence }: Candidate): TimeToStop => ({
  at,
  reason,
  confidence,
  text: both(language => {
    const moment = momentText(language, siteOf(item).timezone, reason === 'fn_date' ? at - 1 : at)
    const when = reason === 'ofd_lock' || reason === 'shift_lock' ? moment : moment.split(' ')[0]
    return `${STOP_TEXTS[reason][language]}: ${when}`
  }),
})
