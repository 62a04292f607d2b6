import type { Bilingual, Condition, Level, Priority } from '@tillwatch/rules'

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
  manualStands: (computed: Priority, manual: Priority, author: string): Bilingual => ({
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
  solvedWhileFiring: (condition: Condition, hours: number): Bilingual => ({
    ru: `Отмечено решённым, но показания ещё плохие: ${condition.title.ru}. Если за ${hours} ч не пройдёт, откроется снова`,
    en: `Marked solved, but the readings are still bad: ${condition.title.en}. Reopens if it lasts ${hours} h more`,
  }),
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
  repeatOf: (number: number): Bilingual => ({
    ru: `Повтор инцидента №${number}: вернулось после окна переоткрытия`,
    en: `A repeat of incident #${number}: it came back after the reopen window`,
  }),
  replacement: (until: number | null, actor: string): Bilingual =>
    until === null
      ? { ru: `${actor}: замена ФН закончена`, en: `${actor}: the replacement is over` }
      : {
          ru: `${actor}: идёт замена ФН до ${new Date(until).toISOString()}`,
          en: `${actor}: replacement in progress until ${new Date(until).toISOString()}`,
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
