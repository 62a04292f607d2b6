import { type Bilingual, type Condition, type Level, type Priority, workingTimeText } from '@tillwatch/rules'
import type { IncidentCategory, IncidentKind, IncidentType, PendingParty, SupportLine } from '@tillwatch/shared/api'
import type { UnfixedPolicy } from './incident.ts'
import { CATEGORY_WORDS, DISCARD_WORDS, KIND_WORDS, PENDING_WORDS, TYPE_WORDS } from './words.ts'

const LEVEL_WORDS: Readonly<Record<Level, Bilingual>> = {
  minor: { ru: 'незначительно', en: 'minor' },
  important: { ru: 'важно', en: 'important' },
  critical: { ru: 'критично', en: 'critical' },
}
export const PRIORITY_WORDS: Readonly<Record<Priority, Bilingual>> = {
  1: { ru: '1 Блокирующий', en: '1 Blocking' },
  2: { ru: '2 Критический', en: '2 Critical' },
  3: { ru: '3 Важный', en: '3 Important' },
  4: { ru: '4 Незначительный', en: '4 Minor' },
}

/** One text out of parts that have both languages. */
export const joined = (parts: readonly Bilingual[], separator = ' '): Bilingual => ({
  ru: parts
    .map(part => part.ru)
    .filter(Boolean)
    .join(separator),
  en: parts
    .map(part => part.en)
    .filter(Boolean)
    .join(separator),
})
/** A person's words, the same in both languages. */
export const asIs = (text: string): Bilingual => ({ ru: text, en: text })

export const hoursIn = (ms: number): number => Math.round(ms / 3_600_000)

const workText = (minutes: number): Bilingual => workingTimeText(minutes * 60_000)

/** The machine's sentences in the audit trail and in desk comments. */
export const phrases = {
  joinedClass: (condition: Condition): Bilingual => ({
    ru: `Добавилось: ${condition.title.ru}. ${condition.explanation.ru}`,
    en: `Also: ${condition.title.en}. ${condition.explanation.en}`,
  }),
  worsened: (condition: Condition): Bilingual => ({
    ru: `Стало хуже (${LEVEL_WORDS[condition.level].ru}): ${condition.title.ru}. ${condition.explanation.ru}`,
    en: `Worse (${LEVEL_WORDS[condition.level].en}): ${condition.title.en}. ${condition.explanation.en}`,
  }),
  eased: (condition: Condition): Bilingual => ({
    ru: `Стало легче (${LEVEL_WORDS[condition.level].ru}): ${condition.title.ru}`,
    en: `Eased (${LEVEL_WORDS[condition.level].en}): ${condition.title.en}`,
  }),
  gone: (condition: Condition): Bilingual => ({
    ru: `Прошло: ${condition.title.ru}; остальное ещё держится`,
    en: `Gone: ${condition.title.en}; the rest still holds`,
  }),
  raised: (from: Priority, to: Priority, reason: Bilingual): Bilingual => ({
    ru: `Приоритет повышен: ${PRIORITY_WORDS[from].ru} → ${PRIORITY_WORDS[to].ru}. ${reason.ru}`,
    en: `Priority raised: ${PRIORITY_WORDS[from].en} → ${PRIORITY_WORDS[to].en}. ${reason.en}`,
  }),
  manualStands: (computed: Priority, manual: Priority, author: string | null): Bilingual => ({
    ru: `По расчёту теперь ${PRIORITY_WORDS[computed].ru}; остаётся ${PRIORITY_WORDS[manual].ru}, заданный вручную (${author})`,
    en: `The method now gives ${PRIORITY_WORDS[computed].en}; ${PRIORITY_WORDS[manual].en} set by ${author} stands`,
  }),
  manual: (priority: Priority, author: string, reason: string): Bilingual => ({
    ru: `${PRIORITY_WORDS[priority].ru}: задан вручную, ${author}. ${reason}`,
    en: `${PRIORITY_WORDS[priority].en}: set by hand, ${author}. ${reason}`,
  }),
  recovered: (): Bilingual => ({
    ru: 'Неисправность прошла: показания в норме. Решено автоматически',
    en: 'The fault is gone: readings are good. Solved automatically',
  }),
  recoveredAfterSolve: (): Bilingual => ({
    ru: 'Показания подтвердили решение: неисправность прошла',
    en: 'The readings confirm it: the fault is gone',
  }),
  provingSteady: (hours: number): Bilingual => ({
    ru: `Показания в норме, но неисправность возвращалась уже несколько раз: решится через ${hours} ч ровной работы`,
    en: `Readings are good, but the fault has returned several times: solved after ${hours} h of steady work`,
  }),
  notSteady: (): Bilingual => ({ ru: 'Неисправность вернулась', en: 'The fault is back' }),
  returned: (condition: Condition): Bilingual => ({
    ru: `Неисправность вернулась, открыто снова: ${condition.title.ru}. ${condition.explanation.ru}`,
    en: `The fault is back, reopened: ${condition.title.en}. ${condition.explanation.en}`,
  }),
  unfixed: (condition: Condition): Bilingual => ({
    ru: `Отмечено решённым, но неисправность держится, открыто снова: ${condition.title.ru}. ${condition.explanation.ru}`,
    en: `Marked solved, yet the fault lasts, reopened: ${condition.title.en}. ${condition.explanation.en}`,
  }),
  solvedWhileFiring: (condition: Condition, policy: UnfixedPolicy, hours: number): Bilingual => {
    const then = {
      at_once: { ru: 'Откроется снова', en: 'Reopens' },
      after_grace: { ru: `Если за ${hours} ч не пройдёт, откроется снова`, en: `Reopens if it lasts ${hours} h more` },
      never: {
        ru: 'Снова не откроется, пока не пройдёт и не вернётся или не остановит работу',
        en: 'Does not reopen until it is over and comes back, or stops the work',
      },
    }[policy]
    return {
      ru: `Отмечено решённым, но показания ещё плохие: ${condition.title.ru}. ${then.ru}`,
      en: `Marked solved, but the readings are still bad: ${condition.title.en}. ${then.en}`,
    }
  },
  autoClosed: (hours: number): Bilingual => ({
    ru: `Закрыто: ${hours} ч после решения без возврата`,
    en: `Closed: ${hours} h after Solved without a return`,
  }),
  silenceOver: (): Bilingual => ({ ru: 'Тишина закончилась', en: 'The silence is over' }),
  unsilenced: (): Bilingual => ({ ru: 'Тишина снята', en: 'The silence was lifted' }),
  silenced: (until: string, reason: string): Bilingual => ({
    ru: `Без сообщений до ${until}: ${reason}`,
    en: `Silent until ${until}: ${reason}`,
  }),
  taken: (actor: string): Bilingual => ({ ru: `${actor}: взято в работу`, en: `${actor}: taken into work` }),
  solvedByPerson: (actor: string, text: string): Bilingual => ({
    ru: text ? `${actor}: решено. ${text}` : `${actor}: решено`,
    en: text ? `${actor}: solved. ${text}` : `${actor}: solved`,
  }),
  reopenedByPerson: (actor: string, text: string): Bilingual => ({
    ru: text ? `${actor}: открыто снова. ${text}` : `${actor}: открыто снова`,
    en: text ? `${actor}: reopened. ${text}` : `${actor}: reopened`,
  }),
  closedByPerson: (actor: string, text: string): Bilingual => ({
    ru: text ? `${actor}: закрыто. ${text}` : `${actor}: закрыто`,
    en: text ? `${actor}: closed. ${text}` : `${actor}: closed`,
  }),
  manualAgain: (priority: Priority, author: string | null): Bilingual => ({
    ru: `${PRIORITY_WORDS[priority].ru}: задан вручную, ${author}; после повторного открытия остаётся он`,
    en: `${PRIORITY_WORDS[priority].en}: set by hand, ${author}; it stands after the reopening`,
  }),
  computedSince: (priority: Priority, { title, explanation }: Condition): Bilingual => ({
    ru: `${PRIORITY_WORDS[priority].ru}: по расчёту на момент повторного открытия. ${title.ru}. ${explanation.ru}`,
    en: `${PRIORITY_WORDS[priority].en}: by the method at the reopening. ${title.en}. ${explanation.en}`,
  }),
  assigned: (actor: string, assignee: string | null): Bilingual =>
    assignee === null
      ? { ru: `${actor}: ответственный снят`, en: `${actor}: nobody is responsible now` }
      : { ru: `${actor}: ответственный ${assignee}`, en: `${actor}: assigned to ${assignee}` },
  toLine: (actor: string, line: SupportLine, reason: string): Bilingual => ({
    ru: `${actor}: передано на линию ${line}. ${reason}`,
    en: `${actor}: passed to line ${line}. ${reason}`,
  }),
  pinned: (actor: string, reason: string): Bilingual => ({
    ru: `${actor}: останется открытым, что бы ни показывали датчики. ${reason}`,
    en: `${actor}: stays open whatever the readings say. ${reason}`,
  }),
  unpinned: (actor: string): Bilingual => ({
    ru: `${actor}: снова решается по показаниям`,
    en: `${actor}: the readings solve it again`,
  }),
  goodButPinned: (): Bilingual => ({
    ru: 'Показания в норме; решит человек: инцидент закреплён открытым',
    en: 'Readings are good; a person will solve it: it is pinned open',
  }),
  asked: (actor: string, question: string): Bilingual => ({
    ru: `${actor} спрашивает: ${question}`,
    en: `${actor} asks: ${question}`,
  }),
  answered: (actor: string, text: string): Bilingual => ({
    ru: `Ответ получен (${actor}): ${text}`,
    en: `Answered (${actor}): ${text}`,
  }),
  reminder: (question: string, times: number): Bilingual => ({
    ru: `Напоминание ${times}: ждём ответа на вопрос: ${question}`,
    en: `Reminder ${times}: we wait for an answer to: ${question}`,
  }),
  noAnswer: (): Bilingual => ({
    ru: 'Ответа нет пять рабочих дней, неисправность не видна. Решено: нет ответа',
    en: 'No answer for five working days, and no fault is seen. Solved: no answer',
  }),
  noAnswerGoesOn: (): Bilingual => ({
    ru: 'Ответа нет пять рабочих дней, но неисправность держится: работа продолжается без ответа',
    en: 'No answer for five working days, but the fault lasts: the work goes on without it',
  }),
  noAnswerPinned: (): Bilingual => ({
    ru: 'Ответа нет пять рабочих дней, но инцидент закреплён открытым: работа продолжается без ответа',
    en: 'No answer for five working days, but it is pinned open: the work goes on without it',
  }),
  pending: (actor: string, on: PendingParty | null, text: string): Bilingual =>
    on === null
      ? { ru: `${actor}: снова наш ход. ${text}`.trim(), en: `${actor}: it is our turn again. ${text}`.trim() }
      : {
          ru: `${actor}: ждём ${PENDING_WORDS[on].ru}. ${text}`.trim(),
          en: `${actor}: waiting for ${PENDING_WORDS[on].en}. ${text}`.trim(),
        },
  discarded: (
    actor: string,
    as: 'cancelled' | 'duplicate' | 'rejected',
    duplicateOf: number | undefined,
    reason: string,
  ): Bilingual => {
    const words = DISCARD_WORDS[as]
    const of = as === 'duplicate' ? ` №${duplicateOf}` : ''
    return { ru: `${actor}: ${words.ru}${of}. ${reason}`, en: `${actor}: ${words.en}${of}. ${reason}` }
  },
  muted: (until: string | null): Bilingual => ({
    ru: `Неисправность ещё держится. Нового инцидента не будет, пока она не пройдёт и не вернётся${until ? `, и не дольше чем до ${until}` : ''}; остановка кассы откроет его сразу`,
    en: `The fault still lasts. No new incident until it clears and comes back${until ? `, and no longer than until ${until}` : ''}; a stop of the register opens one at once`,
  }),
  unmutedByRecovery: (): Bilingual => ({
    ru: 'Неисправность прошла: если вернётся, откроется новый инцидент',
    en: 'The fault is gone: if it comes back, a new incident opens',
  }),
  unmutedByRise: (reason: Bilingual): Bilingual => ({
    ru: `Стало блокирующим, открывается новый инцидент. ${reason.ru}`,
    en: `It became Blocking, a new incident opens. ${reason.en}`,
  }),
  unmutedByDate: (): Bilingual => ({
    ru: 'Срок вышел: если неисправность держится, откроется новый инцидент',
    en: 'The time is over: if the fault lasts, a new incident opens',
  }),
  placed: (site: string, client: string | null): Bilingual => ({
    ru: `В справочнике появилось место: ${site}${client === null ? '' : `, клиент ${client}`}. Сроки считаются по его условиям от регистрации`,
    en: `The directory now names the place: ${site}${client === null ? '' : `, client ${client}`}. Its terms count from the registration on`,
  }),
  withdrawnRetired: (): Bilingual => ({
    ru: 'Отозвано: оборудование снято с обслуживания',
    en: 'Withdrawn: the equipment is no longer in service',
  }),
  withdrawnMoved: (): Bilingual => ({
    ru: 'Отозвано: оборудование перешло к другому клиенту; если неисправность держится, у него откроется новый инцидент',
    en: 'Withdrawn: the equipment went to another client; if the fault lasts, a new incident opens there',
  }),
  critical: (reason: Bilingual): Bilingual => ({
    ru: `Критичный инцидент: ${reason.ru}. Руководителям сообщается сразу, после восстановления будет разбор`,
    en: `Critical incident: ${reason.en}. Managers are told at once, and a review follows the restoration`,
  }),
  notCritical: (actor: string, reason: string): Bilingual => ({
    ru: `${actor}: признак критичного снят. ${reason}`,
    en: `${actor}: no longer critical. ${reason}`,
  }),
  estimated: (actor: string, minutes: number | null): Bilingual =>
    minutes === null
      ? { ru: `${actor}: оценка работы снята`, en: `${actor}: the estimate was removed` }
      : { ru: `${actor}: работы на ${workText(minutes).ru}`, en: `${actor}: ${workText(minutes).en} of work` },
  classified: (actor: string, kind: IncidentKind, type: IncidentType, category: IncidentCategory): Bilingual => ({
    ru: `${actor}: ${KIND_WORDS[kind].ru}, тип «${TYPE_WORDS[type].ru}», категория «${CATEGORY_WORDS[category].ru}»`,
    en: `${actor}: ${KIND_WORDS[kind].en}, type ${TYPE_WORDS[type].en}, category ${CATEGORY_WORDS[category].en}`,
  }),
  repeatOf: (number: number, discarded: boolean): Bilingual =>
    discarded
      ? {
          ru: `Та же причина, что у инцидента №${number}: он закрыт без решения`,
          en: `The same cause as incident #${number}, which was closed without a solution`,
        }
      : {
          ru: `Повтор инцидента №${number}: вернулось после окна переоткрытия`,
          en: `A repeat of incident #${number}: it came back after the reopen window`,
        },
  replacement: (until: string | null, actor: string): Bilingual =>
    until === null
      ? { ru: `${actor}: замена ФН закончена`, en: `${actor}: the replacement is over` }
      : {
          ru: `${actor}: идёт замена ФН до ${until}`,
          en: `${actor}: replacement in progress until ${until}`,
        },
  moved: (agentId: string, slot: string): Bilingual => ({
    ru: `Касса теперь на другом месте: агент ${agentId}, подключение ${slot}`,
    en: `The register is now elsewhere: agent ${agentId}, slot ${slot}`,
  }),
  newDrive: (from: string, to: string): Bilingual => ({
    ru: `Заменён ФН: ${from} → ${to}`,
    en: `The fiscal drive was replaced: ${from} → ${to}`,
  }),
}
