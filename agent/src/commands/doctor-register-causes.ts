import { detailOf, type EpochMs, type WireItem } from '@tillwatch/shared'
import { type Words, words } from '../words.ts'
import { type Cause, daysUntil, localMs, type Told, toldBy, warn, wordOf } from './doctor-cause.ts'

const DAY_MS = 24 * 3_600_000
const MINUTE_MS = 60_000
/** Days before the end of a drive from which on it is worth a word: its replacement is planned from then on. */
const FN_DAYS = 60
/** A queue of some hours is a night without a network. */
const QUEUE_DAYS = 1
/** A drive refuses to sell when its oldest document has waited for so long (54-ФЗ). */
const LOCK_DAYS = 30
/** Above this the clocks of register and PC differ enough to look into (FN: 5 minutes, Pirit: 8 minutes). */
const SKEW_MINUTES = 2
/** Differences this near to half an hour or its multiple are a wrong zone, not a wrong clock. */
const ZONE_MINUTES = 30
const ZONE_SLACK_MINUTES = 10

/** What a register's facts say is wrong with it, or soon will be. `now` is the PC's clock. */
export function registerCauses(item: WireItem, now: EpochMs): Cause[] {
  const { slot } = item
  const told = toldBy(item)
  return [
    ...driveCauses(slot, told, now),
    ...queueCauses(slot, told, now),
    ...stateCauses(slot, told),
    ...clockCauses(item, told),
  ]
}

function driveCauses(slot: string, told: Told, now: EpochMs): Cause[] {
  const causes: Cause[] = []
  const until = told('fiscal.fn.valid_until')
  const days = typeof until === 'string' ? daysUntil(until, now) : null
  const step = words('Запланируйте замену ФН', 'Plan the replacement of the FN')
  if (days !== null && days < 0) {
    causes.push(warn(words(`${slot}: срок ФН истёк ${until}`, `${slot}: the FN expired on ${until}`), step))
  } else if (days !== null && days <= FN_DAYS) {
    const text = words(
      `${slot}: ФН заканчивается через ${days} дн. (${until})`,
      `${slot}: the FN ends in ${days} days (${until})`,
    )
    causes.push(warn(text, step))
  }
  const phase = told('fiscal.fn.phase')
  if (typeof phase === 'string' && phase !== 'fiscal') {
    const word = wordOf('fiscal.fn.phase', phase)
    causes.push(warn(words(`${slot}: ФН не в рабочей фазе: ${word.ru}`, `${slot}: the FN is not at work: ${word.en}`)))
  }
  const flags = told('fiscal.fn.flags')
  for (const flag of Array.isArray(flags) ? flags : []) {
    const word = wordOf('fiscal.fn.flags', flag)
    causes.push(warn(words(`${slot}: предупреждение ФН: ${word.ru}`, `${slot}: warning of the FN: ${word.en}`)))
  }
  return causes
}

function queueCauses(slot: string, told: Told, now: EpochMs): Cause[] {
  const unsent = told('fiscal.ofd.unsent_documents')
  const since = told('fiscal.ofd.first_unsent_at')
  if (typeof unsent !== 'number' || unsent === 0 || typeof since !== 'string') return []
  const days = Math.floor((now - localMs(since)) / DAY_MS)
  if (days < QUEUE_DAYS) return []
  const left = LOCK_DAYS - days
  const error = told('fiscal.ofd.error')
  const said = typeof error === 'string' && error !== '' ? ` (${error})` : ''
  const lock =
    left > 0
      ? words(`через ${left} дн. ФН заблокирует продажи`, `in ${left} days the FN stops sales`)
      : words('ФН уже блокирует продажи', 'the FN stops sales already')
  return [
    warn(
      words(
        `${slot}: в ОФД не переданы документы: ${unsent}, первый ждёт ${days} дн.${said}; ${lock.ru}`,
        `${slot}: unsent documents: ${unsent}, the first has waited ${days} days${said}; ${lock.en}`,
      ),
      words(
        'Проверьте интернет, порт ОФД в сетевом экране, службу передачи на ПК и договор с ОФД',
        'Check the network, the OFD’s port in the firewall, the sending service on the PC and the contract with the OFD',
      ),
    ),
  ]
}

const STATES: readonly (readonly [name: string, value: string, text: Words])[] = [
  [
    'fiscal.shift.state',
    'expired',
    words('смена открыта больше 24 часов: закройте её', 'the shift is over 24 hours: close it'),
  ],
  ['fiscal.register.paper', 'absent', words('нет бумаги', 'no paper')],
  ['fiscal.register.cover', 'open', words('открыта крышка', 'the cover is open')],
  ['fiscal.register.error', 'fn_link', words('нет связи с ФН', 'no link to the FN')],
  ['fiscal.register.error', 'fn', words('ошибка ФН', 'error of the FN')],
  ['fiscal.register.error', 'cutter', words('неисправен отрезчик', 'the cutter is faulty')],
  ['fiscal.register.error', 'printer', words('неисправен принтер', 'the printer is faulty')],
  ['fiscal.register.error', 'other', words('касса сообщает об ошибке', 'the register tells of an error')],
]

const stateCauses = (slot: string, told: Told): Cause[] =>
  STATES.filter(([name, value]) => told(name) === value).map(([, , text]) =>
    warn(words(`${slot}: ${text.ru}`, `${slot}: ${text.en}`)),
  )

/** The register's clock against the PC's at the instant at which it was read, in the zone of the PC. */
function clockCauses({ slot, at, facts }: WireItem, told: Told): Cause[] {
  const local = told('fiscal.register.clock_at')
  if (typeof local !== 'string') return []
  const readAt = Date.parse(detailOf(facts['fiscal.register.clock_at'] ?? null).at ?? at)
  const minutes = Math.round((localMs(local) - readAt) / MINUTE_MS)
  if (Math.abs(minutes) < SKEW_MINUTES) return []
  const beside = Math.abs(minutes) % ZONE_MINUTES
  const isZone =
    Math.abs(minutes) >= ZONE_MINUTES - ZONE_SLACK_MINUTES &&
    Math.min(beside, ZONE_MINUTES - beside) <= ZONE_SLACK_MINUTES
  const which = isZone
    ? words('похоже на неверный часовой пояс', 'this looks like a wrong time zone')
    : words('проверьте, чьи верны', 'look which one is right')
  return [
    warn(
      words(
        `${slot}: часы кассы и ПК расходятся на ${minutes} мин.; ${which.ru}`,
        `${slot}: the clocks of register and PC differ by ${minutes} minutes; ${which.en}`,
      ),
    ),
  ]
}
