import { type Bilingual, workingTimeText } from '@tillwatch/rules'

const lasting = (minutes: number): Bilingual => workingTimeText(minutes * 60_000)

/** Why an incident became critical, in words for managers and clients. */
export const reasons = {
  blocking: (minutes: number): Bilingual => ({
    ru: `работа стоит ${lasting(minutes).ru} рабочего времени точки`,
    en: `the work has stood for ${lasting(minutes).en} of opening time`,
  }),
  siteStopped: (registers: number, minutes: number): Bilingual => ({
    ru: `ни одна из касс объекта (${registers}) не продаёт уже ${lasting(minutes).ru} рабочего времени`,
    en: `none of the ${registers} registers of the site has sold for ${lasting(minutes).en} of opening time`,
  }),
  markedSite: (): Bilingual => ({
    ru: 'объект отмечен клиентом как важный',
    en: 'the client has marked the site as important',
  }),
}
