import { type Bilingual, counted, openMsBetween, type SiteView, spanText } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { Confidence, SilenceCause } from '@tillwatch/shared/api'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Gone this near to closing time is gone because of it. */
const CLOSING_MS = HOUR_MS
/** Earlier absences at the same time of day, so exact, make a habit of the place … */
const SAME_TIME_MS = 30 * MINUTE_MS
/** … when there are so many of them, each as long as a night. */
const HABIT_MIN = 2
const NIGHT_MS = 2 * HOUR_MS
/** Agents of one site that went so near to one another went for one reason (domain ruling 17.9). */
const TOGETHER_MS = 5 * MINUTE_MS
/** An update this long before a silence may have to do with it. */
const AFTER_UPDATE_MS = DAY_MS
/** "Disk full" is 1 GB free everywhere (domain ruling 17.16). */
const DISK_FULL_BYTES = 1_000_000_000
/** A clock so wrong that certificates are refused for certain, and one that may come to it. */
const CLOCK_BROKEN_MS = DAY_MS
const CLOCK_WRONG_MS = 10 * MINUTE_MS

/** How a connection ended: with a farewell, missed by the broker, or by an agent that does not tell. */
export type AbsenceManner = 'stopped' | 'lost' | 'unknown'

/** One time that an agent was away. */
export interface Absence {
  readonly beganAt: EpochMs
  readonly manner: AbsenceManner
  readonly backAt: EpochMs | null
}

/** What is known around a silent agent; null where nothing is. */
export interface SilenceFacts {
  readonly lastHeardAt: EpochMs
  readonly site: SiteView | null
  /** How it went this time; null when the broker did not see it go, as over a restart of the collector. */
  readonly manner: AbsenceManner | null
  /** Earlier absences, any order. */
  readonly earlier: readonly Absence[]
  /** Other agents of the site that are in use. */
  readonly others: readonly { readonly online: boolean; readonly lastHeardAt: EpochMs | null }[]
  /** Smallest free space told last, over the volumes of the PC. */
  readonly diskFreeBytes: number | null
  readonly clockSkewMs: number | null
  /** Newest change of each kind before the silence. */
  readonly agentUpdatedAt: EpochMs | null
  readonly osUpdatedAt: EpochMs | null
  readonly antivirusUpdatedAt: EpochMs | null
}

/** One reason why an agent may be silent, how sure that is, and the facts it rests on. */
export interface SilenceGuess {
  readonly cause: SilenceCause
  readonly confidence: Confidence
  readonly text: Bilingual
  readonly because: readonly Bilingual[]
}

/** Guesses why an agent is silent, the likeliest first; among equals those that concern more than one till. Never empty. */
export function silenceCauses(facts: SilenceFacts): readonly SilenceGuess[] {
  const found = [siteLink, switchedOff, diskFull, clock, agentUpdate, osUpdate, antivirus, agentStopped]
    .map(guess => guess(facts))
    .filter(guess => guess !== null)
  const order: readonly Confidence[] = ['high', 'medium', 'low']
  const sorted = found.sort((a, b) => order.indexOf(a.confidence) - order.indexOf(b.confidence))
  return sorted.length > 0 ? sorted : [lineOrPower(facts)]
}

const CONFIDENCE_WORDS: Readonly<Record<Confidence, Bilingual>> = {
  high: { ru: 'весьма вероятно', en: 'very likely' },
  medium: { ru: 'вероятно', en: 'likely' },
  low: { ru: 'возможно', en: 'possibly' },
}

/** A guess in one sentence: how sure, what, on which facts. */
export function guessText({ confidence, text, because }: SilenceGuess): Bilingual {
  const say = (language: keyof Bilingual) => {
    const facts = because.map(each => each[language]).join(', ')
    return `${CONFIDENCE_WORDS[confidence][language]}: ${text[language]}${facts ? ` (${facts})` : ''}`
  }
  return { ru: say('ru'), en: say('en') }
}

type Guess = (facts: SilenceFacts) => SilenceGuess | null

const guessed = (
  cause: SilenceCause,
  confidence: Confidence,
  because: readonly (Bilingual | null)[],
): SilenceGuess => ({ cause, confidence, text: CAUSES[cause], because: because.filter(each => each !== null) })

const CAUSES: Readonly<Record<SilenceCause, Bilingual>> = {
  switched_off: {
    ru: 'ПК выключают по расписанию объекта и ещё не включили',
    en: 'the PC is switched off by the site’s routine and was not switched on yet',
  },
  site_link: { ru: 'на объекте пропала связь или питание', en: 'the site lost its line or its power' },
  agent_stopped: {
    ru: 'службу агента остановили или ПК выключили штатно',
    en: 'the agent’s service was stopped, or the PC was shut down in order',
  },
  agent_update: { ru: 'агент не поднялся после обновления', en: 'the agent did not come up after its update' },
  os_update: { ru: 'обновление ОС или перезагрузка', en: 'an update of the operating system, or its restart' },
  antivirus: { ru: 'агента остановил антивирус', en: 'the antivirus stopped the agent' },
  clock: {
    ru: 'часы ПК ушли, и защищённое соединение не устанавливается',
    en: 'the PC’s clock is so wrong that the secure connection is refused',
  },
  disk_full: { ru: 'на ПК кончилось место на диске', en: 'the PC’s disk is full' },
  line_or_power: { ru: 'пропала связь или питание этого ПК', en: 'this PC lost its line or its power' },
}

const FAREWELL: Bilingual = { ru: 'агент попрощался перед уходом', en: 'the agent said farewell' }
const LOST: Bilingual = { ru: 'соединение оборвалось без прощания', en: 'the connection broke without a farewell' }
const mannerText = (manner: AbsenceManner | null): Bilingual | null =>
  manner === 'stopped' ? FAREWELL : manner === 'lost' ? LOST : null

const siteLink: Guess = ({ others, lastHeardAt, manner }) => {
  const known = others.filter(other => other.lastHeardAt !== null)
  if (known.length === 0 || known.some(other => other.online)) return null
  const together = known.filter(other => Math.abs((other.lastHeardAt ?? 0) - lastHeardAt) <= TOGETHER_MS).length
  if (together === 0) return null
  const count = known.length + 1
  return guessed('site_link', together === known.length && manner !== 'stopped' ? 'high' : 'medium', [
    {
      ru: `молчат все агенты объекта (${count}), вместе с этим замолчали ${together}`,
      en: `all agents of the site are silent (${count}), ${together} went together with this one`,
    },
    mannerText(manner),
  ])
}

const switchedOff: Guess = ({ site, lastHeardAt, earlier, manner, others }) => {
  const atClosing = site !== null && isClosing(site, lastHeardAt)
  const habit = earlier.filter(absence => isHabit(absence, lastHeardAt)).length
  if (!atClosing && habit < HABIT_MIN) return null
  const online = others.filter(other => other.online).length
  return guessed('switched_off', atClosing && (habit >= HABIT_MIN || manner === 'stopped') ? 'high' : 'medium', [
    atClosing ? { ru: 'замолчал около времени закрытия', en: 'it went about closing time' } : null,
    habit > 0
      ? {
          ru: `раньше в это же время уходил: ${counted('ru', habit, 'раз|раза|раз')}`,
          en: `went at the same time of day before: ${counted('en', habit, 'time|times')}`,
        }
      : null,
    mannerText(manner),
    online > 0 ? { ru: `остальные на связи: ${online}`, en: `others in contact: ${online}` } : null,
  ])
}

/** Open within the hour before, not open through the hour after. */
function isClosing(site: SiteView, at: EpochMs): boolean {
  const before = openMsBetween(site, at - CLOSING_MS, at)
  const after = openMsBetween(site, at, at + CLOSING_MS)
  return before !== null && after !== null && before > 0 && after < CLOSING_MS
}

/** Long ones at the same time of another day. */
function isHabit({ beganAt, backAt }: Absence, lastHeardAt: EpochMs): boolean {
  const apart = (((lastHeardAt - beganAt) % DAY_MS) + DAY_MS) % DAY_MS
  const isSameTime = Math.min(apart, DAY_MS - apart) <= SAME_TIME_MS
  return isSameTime && lastHeardAt - beganAt > DAY_MS / 2 && backAt !== null && backAt - beganAt >= NIGHT_MS
}

const diskFull: Guess = ({ diskFreeBytes }) => {
  if (diskFreeBytes === null || diskFreeBytes >= DISK_FULL_BYTES) return null
  const megabytes = Math.max(0, Math.floor(diskFreeBytes / 1_000_000))
  return guessed('disk_full', megabytes < 100 ? 'high' : 'medium', [
    { ru: `на диске оставалось ${megabytes} МБ`, en: `${megabytes} MB of the disk were free` },
  ])
}

const clock: Guess = ({ clockSkewMs }) => {
  if (clockSkewMs === null || Math.abs(clockSkewMs) < CLOCK_WRONG_MS) return null
  const skew = Math.abs(clockSkewMs)
  return guessed('clock', skew >= CLOCK_BROKEN_MS ? 'high' : 'low', [
    {
      ru: `часы ПК расходились с сервером на ${spanText('ru', skew)}`,
      en: `the PC’s clock was ${spanText('en', skew)} away from the server’s`,
    },
  ])
}

/** The silence came within a day after an update. */
const since = (updatedAt: EpochMs | null, lastHeardAt: EpochMs): number | null =>
  updatedAt !== null && updatedAt <= lastHeardAt && lastHeardAt - updatedAt <= AFTER_UPDATE_MS
    ? lastHeardAt - updatedAt
    : null

const before = (what: Bilingual, ms: number): Bilingual => ({
  ru: `${what.ru}: за ${spanText('ru', ms)} до этого`,
  en: `${what.en}: ${spanText('en', ms)} before`,
})

const agentUpdate: Guess = ({ agentUpdatedAt, lastHeardAt, manner }) => {
  const ms = since(agentUpdatedAt, lastHeardAt)
  if (ms === null) return null
  return guessed('agent_update', ms <= HOUR_MS ? 'high' : 'medium', [
    before({ ru: 'обновился агент', en: 'the agent was updated' }, ms),
    mannerText(manner),
  ])
}

const osUpdate: Guess = ({ osUpdatedAt, lastHeardAt, manner }) => {
  const ms = since(osUpdatedAt, lastHeardAt)
  if (ms === null) return null
  return guessed('os_update', manner === 'stopped' ? 'medium' : 'low', [
    before({ ru: 'обновилась ОС', en: 'the operating system was updated' }, ms),
    mannerText(manner),
  ])
}

/** An antivirus lets nobody say farewell. */
const antivirus: Guess = ({ antivirusUpdatedAt, lastHeardAt, manner, others }) => {
  const ms = since(antivirusUpdatedAt, lastHeardAt)
  if (ms === null || manner === 'stopped') return null
  const online = others.filter(other => other.online).length
  return guessed('antivirus', 'low', [
    before({ ru: 'обновились базы антивируса', en: 'the antivirus got new definitions' }, ms),
    mannerText(manner),
    online > 0 ? { ru: `остальные на связи: ${online}`, en: `others in contact: ${online}` } : null,
  ])
}

const agentStopped: Guess = facts => {
  if (facts.manner !== 'stopped') return null
  const atClosing = facts.site !== null && isClosing(facts.site, facts.lastHeardAt)
  return guessed('agent_stopped', atClosing ? 'low' : 'medium', [
    FAREWELL,
    atClosing ? null : { ru: 'не около времени закрытия', en: 'not about closing time' },
  ])
}

function lineOrPower({ manner, others }: SilenceFacts): SilenceGuess {
  const online = others.filter(other => other.online).length
  return guessed('line_or_power', 'low', [
    mannerText(manner),
    online > 0
      ? { ru: `остальные агенты объекта на связи: ${online}`, en: `other agents of the site are in contact: ${online}` }
      : null,
  ])
}
