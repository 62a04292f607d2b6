import type { IncidentStatus } from '@tillwatch/shared/api'
import type { NewsVerdict } from '../desk-news.ts'

/** Characters of an answer to a press. */
const ANSWER_MAX = 200

interface Words {
  readonly levels: Readonly<Record<1 | 2 | 3 | 4, string>>
  readonly solved: string
  readonly closed: string
  readonly reopened: string
  readonly waiting: string
  readonly portal: string
  inWork(name: string): string
  /** On buttons. */
  readonly buttons: Readonly<Record<'take' | 'mine' | 'solve' | 'done' | 'back' | 'reopen', string>>
  /** What was done by a press. */
  readonly done: Readonly<Record<'take' | 'mine' | 'done' | 'reopen', string>>
  readonly confirm: string
  readonly statuses: Readonly<Record<IncidentStatus, string>>
  taken(name: string): string
  readonly yours: string
  /** Whatever became of it the first time: how the incident stands now. */
  pressed(status: string): string
  refused(status: string): string
  readonly unknownCard: string
  stranger(number: number, desk: string): string
  readonly notWritten: string
  readonly tooMany: string
}

export const WORDS = {
  ru: {
    levels: { 1: 'Блокирующий', 2: 'Критический', 3: 'Важный', 4: 'Незначительный' },
    solved: 'Решено',
    closed: 'Закрыто',
    reopened: 'Открыт снова',
    waiting: 'Ждём ответа клиента',
    portal: 'Открыть в портале',
    inWork: name => `В работе: ${name}`,
    buttons: {
      take: 'Взять в работу',
      mine: 'Взять себе',
      solve: 'Решено',
      done: 'Да, решено',
      back: 'Ещё нет',
      reopen: 'Вернуть в работу',
    },
    done: { take: 'Взято в работу', mine: 'Теперь это ваш инцидент', done: 'Решено', reopen: 'Возвращено в работу' },
    confirm: 'Точно решено? Подтвердите под карточкой',
    statuses: { open: 'открыт', in_work: 'в работе', waiting: 'ждёт ответа', solved: 'решён', closed: 'закрыт' },
    taken: name => `Уже в работе: ${name}`,
    yours: 'Уже у вас',
    pressed: status => `Уже нажато, инцидент ${status}`,
    refused: status => `Не получилось: инцидент ${status}. Попытка записана в его историю, остальное – в портале.`,
    unknownCard: 'Эта карточка не действует: её сменила новая, или она ещё записывается. Повторите через минуту.',
    stranger: (number, desk) =>
      `Вас нет в списке. Ваш номер ${number}: администратор вписывает его в people службы «${desk}» в настройках сервера.`,
    notWritten: 'Не записано: ответьте на карточку инцидента.',
    tooMany: 'Не записано: из чата пришло слишком много записей, дальше – в портале.',
  },
  en: {
    levels: { 1: 'Blocking', 2: 'Critical', 3: 'Important', 4: 'Minor' },
    solved: 'Solved',
    closed: 'Closed',
    reopened: 'Reopened',
    waiting: 'Waiting for the client’s answer',
    portal: 'Open in the portal',
    inWork: name => `In work: ${name}`,
    buttons: {
      take: 'Take',
      mine: 'Take over',
      solve: 'Solved',
      done: 'Yes, solved',
      back: 'Not yet',
      reopen: 'Reopen',
    },
    done: { take: 'Taken', mine: 'It is yours now', done: 'Solved', reopen: 'Reopened' },
    confirm: 'Really solved? Confirm below the card',
    statuses: { open: 'open', in_work: 'in work', waiting: 'waiting', solved: 'solved', closed: 'closed' },
    taken: name => `Already in work: ${name}`,
    yours: 'It is yours already',
    pressed: status => `Pressed before, the incident is ${status}`,
    refused: status => `Not done: the incident is ${status}. The attempt is in its history, the rest in the portal.`,
    unknownCard: 'This card does not count: a new one took its place, or it is still being written. Try in a minute.',
    stranger: (number, desk) =>
      `You are not listed. Your number is ${number}: an administrator puts it into people of the desk “${desk}” in the server’s settings.`,
    notWritten: 'Not written down: answer to the card of the incident.',
    tooMany: 'Not written down: too much came from the chat, go on in the portal.',
  },
} as const satisfies Record<'ru' | 'en', Words>
export type Language = keyof typeof WORDS

/** What somebody who pressed a button is told; an alert has to be read, the rest passes. */
export interface PressAnswer {
  readonly text: string
  readonly alert: boolean
}

/** What became of a press. */
export function answerOf(
  verb: keyof Words['done'],
  { what, standing }: NewsVerdict,
  name: string,
  language: Language,
): PressAnswer {
  const words: Words = WORDS[language]
  if (what === 'done') return told(words.done[verb])
  if (!standing || what === 'unknown') return told(words.unknownCard, true)
  if (what === 'repeated') return told(words.pressed(words.statuses[standing.status]))
  if (what === 'refused') return told(words.refused(words.statuses[standing.status]), true)
  if (standing.assignee === null) return told(words.pressed(words.statuses[standing.status]))
  return standing.assignee === name ? told(words.yours) : told(words.taken(standing.assignee), true)
}

/** A text as it may be told. */
export const told = (text: string, alert = false): PressAnswer => ({
  text: [...text].slice(0, ANSWER_MAX).join(''),
  alert,
})
