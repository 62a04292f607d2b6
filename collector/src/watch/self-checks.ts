import { type Bilingual, counted, spanText } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export const SELF_CHECKS = [
  'intake',
  'commit',
  'state_thread',
  'disk',
  'growth',
  'evaluation',
  'deliveries',
  'desks',
  'clock',
  'connections',
  'files',
  'calendar',
] as const
export type SelfCheck = (typeof SELF_CHECKS)[number]

/** What the collector can tell of itself at one moment. */
export interface SelfReadings {
  readonly at: EpochMs
  readonly monotonicMs: number
  /** How full the queue before the stores is, 0 to 1. */
  readonly intakeShare: number
  /** Slowest batch since the reading before; null when there was none. */
  readonly batchMs: number | null
  /** Calls that wait for the state thread, and how long it owes an answer. */
  readonly statePending: number
  readonly stateSilentMs: number
  /** Of the volume of `data_dir`; null when the system does not tell. */
  readonly diskFreeBytes: number | null
  /** Both databases with their logs. */
  readonly storeBytes: number
  /** Items whose evaluation failed, since the start. */
  readonly itemFailures: number
  /** Age of the oldest message that waits for a desk; null when none waits. */
  readonly oldestDeliveryMs: number | null
  /** Desks that do not fit their settings, each with what is wrong. */
  readonly deskProblems: readonly { readonly desk: string; readonly problem: string }[]
  readonly connections: number
  /** Files of the customer that do not count as they lie on the disk. */
  readonly refusedFiles: readonly string[]
  /** Of them the files of routes; without any that was ever taken no desk hears of new incidents. */
  readonly refusedRoutes: readonly string[]
  readonly isUnrouted: boolean
  /** Years soon to be counted in, or counted in already, whose holidays nobody has loaded. */
  readonly missingYears: readonly { readonly calendar: Bilingual; readonly year: number }[]
}

/** Something that is wrong with the collector itself. `failing`: it cannot be relied on any more. */
export interface SelfFinding {
  readonly check: SelfCheck
  readonly level: 'degraded' | 'failing'
  /** What is wrong, and what to do. */
  readonly text: Bilingual
}

/** Readings looked back upon. */
export const READINGS_WINDOW_MS = HOUR_MS
/** What fluctuates counts only when so many readings in a row say it. */
const IN_A_ROW = 3
const INTAKE_SHARE = 0.75
const BATCH_MS = 5_000
const PENDING = 200
const SILENT_MS = 30_000
const DISK_LOW_BYTES = 2e9
const DISK_FULL_BYTES = 0.5e9
/** Growth is judged over this much of the past, and told when the disk would be full within that much of the future. */
const GROWTH_OVER_MS = 30 * MINUTE_MS
const FULL_WITHIN_MS = 48 * HOUR_MS
/** What happened once is told for this long. */
const RECENT_MS = 10 * MINUTE_MS
const DELIVERY_MS = 30 * MINUTE_MS
const JUMP_MS = MINUTE_MS
/** So many of the connections gone at once is no longer tills being switched off one by one. */
const DROP_MS = 5 * MINUTE_MS
const DROP_SHARE = 0.5
const DROP_MIN = 10

/** What is wrong now, by readings of the last hour, the oldest first and the present one last. Pure. */
export function selfFindings(readings: readonly SelfReadings[]): readonly SelfFinding[] {
  const now = readings.at(-1)
  if (!now) return []
  const past = { readings, recent: readings.filter(each => now.monotonicMs - each.monotonicMs <= RECENT_MS) }
  return CHECKS.map(check => check(now, past)).filter(finding => finding !== null)
}

interface Past {
  readonly readings: readonly SelfReadings[]
  readonly recent: readonly SelfReadings[]
}
type Check = (now: SelfReadings, past: Past) => SelfFinding | null

const inARow = ({ readings }: Past, holds: (reading: SelfReadings) => boolean): boolean =>
  readings.length >= IN_A_ROW && readings.slice(-IN_A_ROW).every(holds)

const intake: Check = ({ intakeShare }, past) => {
  if (!inARow(past, each => each.intakeShare >= INTAKE_SHARE)) return null
  const percent = Math.round(intakeShare * 100)
  return {
    check: 'intake',
    level: intakeShare >= 1 ? 'failing' : 'degraded',
    text: {
      ru: `Очередь приёма заполнена на ${percent} %: хранилище не успевает. Проверьте диск и нагрузку сервера.`,
      en: `The intake queue is ${percent}% full: the store falls behind. Check the server’s disk and load.`,
    },
  }
}

const commit: Check = ({ batchMs }, past) => {
  if (batchMs === null || !inARow(past, each => (each.batchMs ?? 0) >= BATCH_MS)) return null
  const seconds = Math.round(batchMs / 1000)
  return {
    check: 'commit',
    level: 'degraded',
    text: {
      ru: `Запись одной порции показаний занимает ${counted('ru', seconds, 'секунду|секунды|секунд')}. Проверьте диск сервера.`,
      en: `Storing one batch of readings takes ${counted('en', seconds, 'second|seconds')}. Check the server’s disk.`,
    },
  }
}

const stateThread: Check = ({ statePending, stateSilentMs }, past) => {
  if (stateSilentMs >= SILENT_MS) {
    return {
      check: 'state_thread',
      level: 'failing',
      text: {
        ru: `Хранилище состояния не отвечает ${spanText('ru', stateSilentMs)}. Перезапустите коллектор, если это не проходит.`,
        en: `The state store has not answered for ${spanText('en', stateSilentMs)}. Restart the collector if it lasts.`,
      },
    }
  }
  if (!inARow(past, each => each.statePending >= PENDING)) return null
  return {
    check: 'state_thread',
    level: 'degraded',
    text: {
      ru: `Хранилища состояния ждут ${counted('ru', statePending, 'вызов|вызова|вызовов')}. Проверьте нагрузку сервера.`,
      en: `${counted('en', statePending, 'call waits|calls wait')} for the state store. Check the server’s load.`,
    },
  }
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1)

const disk: Check = ({ diskFreeBytes }) => {
  if (diskFreeBytes === null || diskFreeBytes >= DISK_LOW_BYTES) return null
  return {
    check: 'disk',
    level: diskFreeBytes < DISK_FULL_BYTES ? 'failing' : 'degraded',
    text: {
      ru: `На диске коллектора свободно ${gigabytes(diskFreeBytes)} ГБ. Освободите место или сократите сроки хранения.`,
      en: `The collector’s disk has ${gigabytes(diskFreeBytes)} GB free. Make room, or keep data for less long.`,
    },
  }
}

const growth: Check = (now, { readings }) => {
  const [first] = readings
  const spanMs = first ? now.monotonicMs - first.monotonicMs : 0
  if (!first || now.diskFreeBytes === null || spanMs < GROWTH_OVER_MS) return null
  const perMs = (now.storeBytes - first.storeBytes) / spanMs
  const fullInMs = perMs > 0 ? now.diskFreeBytes / perMs : Number.POSITIVE_INFINITY
  if (fullInMs > FULL_WITHIN_MS) return null
  return {
    check: 'growth',
    level: 'degraded',
    text: {
      ru: `Базы коллектора растут так, что диск заполнится через ${spanText('ru', fullInMs)}. Проверьте сроки хранения и что прислали агенты.`,
      en: `The collector’s databases grow so fast that the disk is full in ${spanText('en', fullInMs)}. Check retention and what agents sent.`,
    },
  }
}

const evaluation: Check = (now, { recent }) => {
  const failed = now.itemFailures - Math.min(...recent.map(each => each.itemFailures))
  if (failed <= 0) return null
  return {
    check: 'evaluation',
    level: 'degraded',
    text: {
      ru: `Правила не удалось применить ${counted('ru', failed, 'раз|раза|раз')} за 10 минут. В журнале коллектора названы объекты и причина.`,
      en: `Rules could not be applied ${counted('en', failed, 'time|times')} in 10 minutes. The collector’s log names items and reason.`,
    },
  }
}

const deliveries: Check = ({ oldestDeliveryMs }) => {
  if (oldestDeliveryMs === null || oldestDeliveryMs < DELIVERY_MS) return null
  return {
    check: 'deliveries',
    level: 'degraded',
    text: {
      ru: `Сообщение в службу поддержки ждёт отправки ${spanText('ru', oldestDeliveryMs)}. На странице «Службы поддержки» названа причина.`,
      en: `A message to a service desk has waited for ${spanText('en', oldestDeliveryMs)}. The page of desks names the reason.`,
    },
  }
}

const DESKS_NAMED = 3

const desks: Check = ({ deskProblems }) => {
  if (deskProblems.length === 0) return null
  const rest = deskProblems.length - DESKS_NAMED
  const told = deskProblems
    .slice(0, DESKS_NAMED)
    .map(({ desk, problem }) => `${desk} (${problem})`)
    .join('; ')
  return {
    check: 'desks',
    level: 'degraded',
    text: {
      ru: `Служба поддержки не подходит к настройкам: ${told}${rest > 0 ? ` и ещё ${rest}` : ''}. Исправьте настройки или права в ней и нажмите «Пробная заявка» на странице «Службы поддержки».`,
      en: `A service desk does not fit its settings: ${told}${rest > 0 ? ` and ${rest} more` : ''}. Correct the settings, or the rights there, and press “Test” on the page of desks.`,
    },
  }
}

const clock: Check = (_now, { recent }) => {
  const jump = recent
    .slice(1)
    .map((each, index) => {
      const before = recent[index] ?? each
      return each.at - before.at - (each.monotonicMs - before.monotonicMs)
    })
    .find(ms => Math.abs(ms) >= JUMP_MS)
  if (jump === undefined) return null
  const way = jump > 0 ? { ru: 'вперёд', en: 'forward' } : { ru: 'назад', en: 'back' }
  return {
    check: 'clock',
    level: 'degraded',
    text: {
      ru: `Часы сервера скакнули ${way.ru} на ${spanText('ru', Math.abs(jump))}. Проверьте службу времени: по этим часам считаются сроки.`,
      en: `The server’s clock jumped ${way.en} by ${spanText('en', Math.abs(jump))}. Check its time service: deadlines are counted by this clock.`,
    },
  }
}

const connections: Check = (now, { recent }) => {
  const lately = recent.filter(each => now.monotonicMs - each.monotonicMs <= DROP_MS)
  const most = Math.max(...lately.map(each => each.connections))
  const gone = most - now.connections
  if (gone < DROP_MIN || gone < most * DROP_SHARE) return null
  return {
    check: 'connections',
    level: 'degraded',
    text: {
      ru: `За 5 минут отключилось агентов: ${gone} из ${most}. Проверьте сеть сервера и сертификат брокера.`,
      en: `${gone} of ${most} agents went away within 5 minutes. Check the server’s network and the broker’s certificate.`,
    },
  }
}

const FILES_NAMED = 5

const named = (files: readonly string[], more: string): string => {
  const rest = files.length - FILES_NAMED
  return `${files.slice(0, FILES_NAMED).join(', ')}${rest > 0 ? ` ${more} ${rest}` : ''}`
}

const files: Check = ({ refusedFiles, refusedRoutes, isUnrouted }) => {
  const texts: Bilingual[] = []
  if (refusedFiles.length > 0) {
    texts.push({
      ru: `Не приняты файлы настроек: ${named(refusedFiles, 'и ещё')}. Действует то, что было раньше, или поставка. Строка и причина стоят в журнале и на страницах «Правила» и «Сроки и сообщения».`,
      en: `Files of settings were refused: ${named(refusedFiles, 'and more:')}. What was before, or what ships, holds. Line and reason stand in the log and on the pages of rules and of agreements.`,
    })
  }
  if (refusedRoutes.length > 0) {
    texts.push({
      ru: `Не приняты файлы маршрутов: ${named(refusedRoutes, 'и ещё')}. ${isUnrouted ? 'Прежних нет: о новых инцидентах службы поддержки не узнают, пока файлы не исправлены; тогда заявки уйдут сами.' : 'Действуют прежние.'} Строка и причина стоят в журнале и на странице «Службы поддержки».`,
      en: `Files of routes were refused: ${named(refusedRoutes, 'and more:')}. ${isUnrouted ? 'There are no earlier ones: desks hear of no new incident until the files are put right; their tickets go then by themselves.' : 'The earlier ones go on.'} Line and reason stand in the log and on the page of desks.`,
    })
  }
  if (texts.length === 0) return null
  const text = { ru: texts.map(({ ru }) => ru).join(' '), en: texts.map(({ en }) => en).join(' ') }
  return { check: 'files', level: isUnrouted ? 'failing' : 'degraded', text }
}

const calendar: Check = ({ missingYears }) => {
  const [first] = missingYears
  if (!first) return null
  const { year } = first
  const titles = (language: keyof Bilingual) =>
    [...new Set(missingYears.map(each => each.calendar[language]))].join('», «')
  return {
    check: 'calendar',
    level: 'degraded',
    text: {
      ru: `Праздники ${year} года не загружены, календарь «${titles('ru')}»: сроки считаются по неделе и постоянным праздникам. Добавьте год в файл календаря или обновите программу.`,
      en: `The holidays of ${year} are not loaded, calendar “${titles('en').replaceAll('», «', '”, “')}”: times are counted by the week and fixed holidays. Add the year to a calendar file or update the program.`,
    },
  }
}

const CHECKS: readonly Check[] = [
  ...[intake, commit, stateThread, disk, growth, evaluation, deliveries, desks, clock, connections],
  ...[files, calendar],
]
