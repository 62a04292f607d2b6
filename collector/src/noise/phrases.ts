import type { Bilingual } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { localTime } from '../incidents/local-time.ts'
import type { MaintenanceWindow } from './maintenance-window.ts'
import type { Parent, Standing } from './suppression.ts'

const DOWN: Readonly<Record<Parent, Bilingual>> = {
  site_link: { ru: 'у всего объекта нет связи', en: 'the whole site has no link' },
  agent: { ru: 'компьютер кассы не на связи', en: 'the till PC is silent' },
  register: { ru: 'касса не отвечает', en: 'the register does not answer' },
}

const until = (at: EpochMs | null, zone: string): Bilingual =>
  at === null
    ? { ru: 'пока окно не закроют', en: 'until it is ended' }
    : { ru: `до ${localTime(at, zone)}`, en: `until ${localTime(at, zone)}` }

/** In a person's own words, or what the mark of a replacement stands for. */
const reasonOf = ({ source, reason }: Pick<MaintenanceWindow, 'source' | 'reason'>): Bilingual =>
  source === 'replacement' ? { ru: 'замена ФН', en: 'replacement of the fiscal drive' } : { ru: reason, en: reason }

/** What the rooms of this folder say in audit trails and on pages. */
export const phrases = {
  suppressed: (parent: Parent, standing: Exclude<Standing, 'up'>): Bilingual => ({
    ru: `Инцидент не заводится: ${DOWN[parent].ru}${standing === 'pending' ? ', проверяем' : ''}. Останется неисправность — заведём сразу, как связь вернётся`,
    en: `No incident is opened: ${DOWN[parent].en}${standing === 'pending' ? ', being checked' : ''}. What is still wrong when contact returns is opened at once`,
  }),
  underMaintenance: (window: MaintenanceWindow, end: EpochMs | null, zone: string): Bilingual => ({
    ru: `Инцидент не заводится: обслуживание ${until(end, zone).ru} (${reasonOf(window).ru}, ${window.author})`,
    en: `No incident is opened: maintenance ${until(end, zone).en} (${reasonOf(window).en}, ${window.author})`,
  }),
  maintenanceBegins: (
    { author, agreed, ...window }: MaintenanceWindow,
    end: EpochMs | null,
    zone: string,
  ): Bilingual => ({
    ru: `Идёт обслуживание ${until(end, zone).ru}: ${reasonOf(window).ru} (${author}${agreed ? ', согласовано с клиентом' : ''}). Напоминаний и эскалаций не будет`,
    en: `In maintenance ${until(end, zone).en}: ${reasonOf(window).en} (${author}${agreed ? ', agreed with the client' : ''}). No follow-ups and no escalations meanwhile`,
  }),
  underMass: (number: number): Bilingual => ({
    ru: `Часть массового инцидента №${number}: отдельная заявка не создаётся`,
    en: `Part of mass incident #${number}: no ticket of its own is created`,
  }),
  joinedMass: (number: number): Bilingual => ({
    ru: `Теперь часть массового инцидента №${number}: причина общая, сообщения идут в нём`,
    en: `Now part of mass incident #${number}: the cause is shared, messages go there`,
  }),
  letGo: (number: number | null): Bilingual => ({
    ru: `Массовый инцидент${number === null ? '' : ` №${number}`} закончился, здесь неисправность держится: дальше как обычный инцидент`,
    en: `Mass incident${number === null ? '' : ` #${number}`} is over, the fault lasts here: it goes on as an ordinary incident`,
  }),
  massEnding: (affected: number, peak: number): Bilingual => ({
    ru: `Час подряд затронута меньше чем пятая часть от пика (${affected} из ${peak}). Каждый инцидент проверяется по показаниям`,
    en: `For an hour fewer than a fifth of the peak are affected (${affected} of ${peak}). Each incident is checked by its readings`,
  }),
  massOver: (): Bilingual => ({
    ru: 'Все инциденты внутри решены или ведутся отдельно: закрыто',
    en: 'Every incident inside is solved or goes on by itself: closed',
  }),
  heldByFlood: (limit: number): Bilingual => ({
    ru: `За 10 минут больше ${limit} новых заявок: эта подождёт, сроки уже идут`,
    en: `More than ${limit} new tickets within 10 minutes: this one waits, its clocks run already`,
  }),
  maintenanceEnds: (window: MaintenanceWindow): Bilingual => ({
    ru: `Обслуживание закончено: ${reasonOf(window).ru}. Показания проверяются заново`,
    en: `Maintenance is over: ${reasonOf(window).en}. Readings are judged anew`,
  }),
} as const
