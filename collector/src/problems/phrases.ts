import type { Bilingual } from '@tillwatch/rules'
import type { ProblemStatus } from '@tillwatch/shared/api'
import type { Problem } from './problem.ts'

const STATUS_WORDS: Readonly<Record<ProblemStatus, Bilingual>> = {
  proposed: { ru: 'Предложена', en: 'Proposed' },
  open: { ru: 'Открыта', en: 'Open' },
  root_cause_known: { ru: 'Причина известна', en: 'Root cause known' },
  fix_planned: { ru: 'Решение запланировано', en: 'Fix planned' },
  solved: { ru: 'Решена', en: 'Solved' },
  closed: { ru: 'Закрыта', en: 'Closed' },
  rejected: { ru: 'Отклонена', en: 'Rejected' },
}

/** The sentences of this room in audit trails and in comments to desks. */
export const phrases = {
  knownError: ({ number, title, workaround, clientHint, runbook }: Problem): Bilingual => ({
    ru: [
      `Известная ошибка №${number}: ${title.ru}.`,
      `Обходное решение: ${workaround}`,
      runbook && `Инструкция: ${runbook}`,
      clientHint && `Подсказка клиенту: ${clientHint}`,
    ]
      .filter(Boolean)
      .join('\n'),
    en: [
      `Known error #${number}: ${title.en}.`,
      `Workaround: ${workaround}`,
      runbook && `Runbook: ${runbook}`,
      clientHint && `Hint for the client: ${clientHint}`,
    ]
      .filter(Boolean)
      .join('\n'),
  }),
  proposed: (onItem: number, items: number): Bilingual => ({
    ru: `Предложена автоматически: одинаковых инцидентов на одном оборудовании — ${onItem}, на разном — ${items}`,
    en: `Proposed by the machine: ${onItem} incidents of one type on one item, ${items} items in all`,
  }),
  repeating: (title: Bilingual): Bilingual => ({ ru: `Повторяется: ${title.ru}`, en: `Repeats: ${title.en}` }),
  recurred: (incident: number): Bilingual => ({
    ru: `Повторилась после решения: инцидент №${incident}. Открыта снова`,
    en: `Recurred after it was solved: incident #${incident}. Open again`,
  }),
  forReview: (incident: number, reason: 'mass' | 'critical'): Bilingual => ({
    ru: `Разбор ${reason === 'mass' ? 'массового' : 'критичного'} инцидента №${incident}`,
    en: `Review of the ${reason} incident #${incident}`,
  }),
  reviewed: (actor: string, incident: number, done: boolean): Bilingual => ({
    ru: `${actor}: разбор инцидента №${incident} ${done ? 'закончен' : 'записан'}`,
    en: `${actor}: the review of incident #${incident} is ${done ? 'finished' : 'written down'}`,
  }),
  created: (actor: string): Bilingual => ({ ru: `${actor}: заведена`, en: `${actor}: created` }),
  edited: (actor: string): Bilingual => ({ ru: `${actor}: изменено описание`, en: `${actor}: description changed` }),
  moved: (actor: string, from: ProblemStatus, to: ProblemStatus, reason: string): Bilingual => ({
    ru: `${actor}: ${STATUS_WORDS[from].ru} → ${STATUS_WORDS[to].ru}${reason && `. ${reason}`}`,
    en: `${actor}: ${STATUS_WORDS[from].en} → ${STATUS_WORDS[to].en}${reason && `. ${reason}`}`,
  }),
  linked: (actor: string, incident: number): Bilingual => ({
    ru: `${actor}: добавлен инцидент №${incident}`,
    en: `${actor}: incident #${incident} added`,
  }),
  unlinked: (actor: string, incident: number): Bilingual => ({
    ru: `${actor}: убран инцидент №${incident}`,
    en: `${actor}: incident #${incident} taken out`,
  }),
  measure: (actor: string, owner: string, dueOn: string, text: string): Bilingual => ({
    ru: `${actor}: мера до ${dueOn}, отвечает ${owner}: ${text}`,
    en: `${actor}: measure due ${dueOn}, owner ${owner}: ${text}`,
  }),
  measureDone: (actor: string, text: string, done: boolean): Bilingual => ({
    ru: `${actor}: мера ${done ? 'выполнена' : 'снова открыта'}: ${text}`,
    en: `${actor}: measure ${done ? 'done' : 'open again'}: ${text}`,
  }),
  overdue: (owner: string, dueOn: string, text: string): Bilingual => ({
    ru: `Просрочена мера (срок ${dueOn}, отвечает ${owner}): ${text}`,
    en: `A measure is overdue (due ${dueOn}, owner ${owner}): ${text}`,
  }),
  overdueOf: ({ number, title }: Problem): Bilingual => ({
    ru: `Просрочена мера по проблеме №${number}: ${title.ru}`,
    en: `A measure is overdue under problem #${number}: ${title.en}`,
  }),
  restored: (actor: string, text: string): Bilingual => ({
    ru: `${actor}: работа восстановлена с обходным решением. ${text}`,
    en: `${actor}: work goes on with a workaround. ${text}`,
  }),
  sentToVendor: (actor: string, vendor: string, reference: string): Bilingual => ({
    ru: `${actor}: пакет передан вендору «${vendor}»${reference && `, номер ${reference}`}`,
    en: `${actor}: package sent to the vendor ${vendor}${reference && `, reference ${reference}`}`,
  }),
}
