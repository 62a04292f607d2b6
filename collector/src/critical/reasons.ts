import type { Bilingual } from '@tillwatch/rules'

/** Why an incident became critical, in words for managers and clients. */
export const reasons = {
  blocking: (minutes: number): Bilingual => ({
    ru: `работа стоит ${minutes} мин рабочего времени точки`,
    en: `the work has stood for ${minutes} min of opening time`,
  }),
  siteStopped: (registers: number, minutes: number): Bilingual => ({
    ru: `ни одна из касс объекта (${registers}) не продаёт уже ${minutes} мин рабочего времени`,
    en: `none of the ${registers} registers of the site has sold for ${minutes} min of opening time`,
  }),
  markedSite: (): Bilingual => ({
    ru: 'объект отмечен клиентом как важный',
    en: 'the client has marked the site as important',
  }),
}
