import {
  type Bilingual,
  HOLD_WORDS,
  type Hold,
  type MarkedTime,
  ROLE_WORDS,
  type Role,
  workingTimeText,
} from '@tillwatch/rules'
import type { IncidentStatus } from '@tillwatch/shared/api'

const CLOCK_WORDS = {
  reaction: { ru: 'времени реакции', en: 'of the reaction time' },
  solution: { ru: 'времени решения', en: 'of the time of solution' },
} as const

export const STATUS_WORDS: Readonly<Record<IncidentStatus, Bilingual>> = {
  open: { ru: 'открыт', en: 'open' },
  in_work: { ru: 'в работе', en: 'in work' },
  waiting: { ru: 'ожидает информации от вас', en: 'waiting for information from you' },
  solved: { ru: 'решён', en: 'solved' },
  closed: { ru: 'закрыт', en: 'closed' },
}

const list = (roles: readonly Role[], language: 'ru' | 'en') => roles.map(role => ROLE_WORDS[role][language]).join(', ')

const TIME_WORDS = {
  target: { ru: 'цель', en: 'the target' },
  limit: { ru: 'срок', en: 'the limit' },
} as const

/** What the clocks say in the audit trail and in messages. */
export const slaPhrases = {
  /** `usedMs` is what marks count, which stands still longer than what the contract counts. */
  mark: (which: 'reaction' | 'solution', percent: number, usedMs: number, time: MarkedTime): Bilingual => {
    const [used, length, word] = [workingTimeText(usedMs), workingTimeText(time.ms), TIME_WORDS[time.is]]
    return {
      ru: `Использовано ${percent} % ${CLOCK_WORDS[which].ru}: ${used.ru}, ${word.ru} — ${length.ru}.`,
      en: `${percent}% ${CLOCK_WORDS[which].en} is used: ${used.en}, ${word.en} is ${length.en}.`,
    }
  },
  markName: (which: 'reaction' | 'solution', percent: number): Bilingual => ({
    ru: `${percent} % ${CLOCK_WORDS[which].ru}`,
    en: `${percent}% ${CLOCK_WORDS[which].en}`,
  }),
  overdue: (which: 'reaction' | 'solution'): Bilingual => ({
    ru: which === 'reaction' ? 'срок реакции истёк' : 'срок решения истёк',
    en: which === 'reaction' ? 'the reaction is overdue' : 'the solution is overdue',
  }),
  passedAt: (time: string): Bilingual => ({ ru: `Отметка пройдена ${time}.`, en: `The mark was passed on ${time}.` }),
  breachedQuietly: (which: 'reaction' | 'solution', holds: readonly Hold[]): Bilingual => ({
    ru: `${which === 'reaction' ? 'Срок реакции' : 'Срок решения'} истёк, никто не вызван: ${holds.map(hold => HOLD_WORDS[hold].ru).join(', ')}.`,
    en: `The ${which === 'reaction' ? 'reaction' : 'solution'} is overdue, nobody is called: ${holds.map(hold => HOLD_WORDS[hold].en).join(', ')}.`,
  }),
  withdrawn: (name: Bilingual): Bilingual => ({
    ru: `По пересчёту отметка «${name.ru}» не была пройдена; вызов остаётся.`,
    en: `Counted anew, the mark "${name.en}" was not passed; whoever was called stays called.`,
  }),
  critical: (): Bilingual => ({ ru: 'Критичный инцидент.', en: 'A critical incident.' }),
  secondReopen: (): Bilingual => ({ ru: 'Открыт снова во второй раз.', en: 'Reopened for the second time.' }),
  reopened: (): Bilingual => ({
    ru: 'Открыт снова, когда обо всех отметках уже сообщено.',
    en: 'Reopened after all marks had been told.',
  }),
  raised: (line: number): Bilingual => ({ ru: `Передано на линию ${line}.`, en: `Passed on to line ${line}.` }),
  told: (roles: readonly Role[]): Bilingual => ({
    ru: `Сообщено: ${list(roles, 'ru')}.`,
    en: `Told: ${list(roles, 'en')}.`,
  }),
  skipped: (roles: readonly Role[]): Bilingual => ({
    ru: `Не требуется и не указаны: ${list(roles, 'ru')}.`,
    en: `Not required and not named: ${list(roles, 'en')}.`,
  }),
  nobody: (roles: readonly Role[]): Bilingual => ({
    ru: `Некому сообщить, в справочнике нет ответственных: ${list(roles, 'ru')}.`,
    en: `Nobody to tell, the directory names none: ${list(roles, 'en')}.`,
  }),
}

/** Messages to the contact of the client. */
export const clientPhrases = {
  registered: (number: number): Bilingual => ({
    ru: `Обращение №${number} принято.`,
    en: `Request #${number} is accepted.`,
  }),
  started: (assignee: string | null): Bilingual => ({
    ru: assignee === null ? 'Работа начата.' : `Работа начата, ответственный: ${assignee}.`,
    en: assignee === null ? 'Work has begun.' : `Work has begun, owner: ${assignee}.`,
  }),
  asks: (question: string | null): Bilingual => ({
    ru: `Нужен ваш ответ: ${question ?? ''}`,
    en: `Your answer is needed: ${question ?? ''}`,
  }),
  solved: (): Bilingual => ({ ru: 'Решено.', en: 'Solved.' }),
  reopened: (): Bilingual => ({ ru: 'Открыто снова.', en: 'Reopened.' }),
  closed: (): Bilingual => ({ ru: 'Закрыто.', en: 'Closed.' }),
  status: (status: IncidentStatus, deadline: string | null): Bilingual => ({
    ru: `Состояние: ${STATUS_WORDS[status].ru}.${deadline === null ? '' : ` Срок: ${deadline}.`}`,
    en: `Status: ${STATUS_WORDS[status].en}.${deadline === null ? '' : ` Due: ${deadline}.`}`,
  }),
}

/** The name of a mark as people read it. */
export function markNameOf(name: string): Bilingual {
  const [which, percent] = name.split('.')
  if (which === 'reaction' || which === 'solution') {
    return percent === 'breach' ? slaPhrases.overdue(which) : slaPhrases.markName(which, Number(percent))
  }
  if (name === 'critical') return slaPhrases.critical()
  return name === 'second_reopen' ? slaPhrases.secondReopen() : slaPhrases.reopened()
}
