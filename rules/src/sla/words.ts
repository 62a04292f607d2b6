import { lengthText } from '../duration.ts'
import type { Bilingual } from '../model.ts'
import type { SlaRank } from './choose.ts'
import type { Hold, Milestone, Role } from './policy.ts'

/** Why a clock stands, in words. */
export const HOLD_WORDS: Readonly<Record<Hold, Bilingual>> = {
  waiting: { ru: 'ждём ответа клиента', en: 'waiting for the client' },
  third_party: { ru: 'ждём третью сторону', en: 'waiting for a third party' },
  agreed_window: { ru: 'согласованное окно работ', en: 'a maintenance window agreed with the client' },
  order: { ru: 'работа запланирована нарядом', en: 'a work order is in time' },
  window: { ru: 'окно работ', en: 'a maintenance window' },
  suppressed: { ru: 'причина общая с другим инцидентом', en: 'the cause belongs to another incident' },
}

/** People and lists by what they are for. */
export const ROLE_WORDS: Readonly<Record<Role, Bilingual>> = {
  line1_lead: { ru: 'старший первой линии', en: 'lead of the first line' },
  line2: { ru: 'вторая линия', en: 'second line' },
  line3: { ru: 'третья линия', en: 'third line' },
  head: { ru: 'руководитель поддержки', en: 'head of support' },
  account_manager: { ru: 'наш менеджер клиента', en: 'our account manager' },
  client_account_manager: { ru: 'менеджер со стороны клиента', en: 'account manager of the client' },
  duty: { ru: 'дежурные по массовым сбоям', en: 'duty list for mass incidents' },
  manager: { ru: 'руководство', en: 'management' },
  client_contact: { ru: 'контакт клиента', en: 'contact of the client' },
}

/** Stages of work. */
export const MILESTONE_WORDS: Readonly<Record<Milestone, Bilingual>> = {
  owner: { ru: 'назначен ответственный', en: 'somebody owns it' },
  work_started: { ru: 'начата работа', en: 'work has begun' },
  plan: { ru: 'назначен срок', en: 'a date is planned' },
  triage: { ru: 'разобрано', en: 'it is classified' },
}

/** Why this policy and no other. */
export const RANK_WORDS: Readonly<Record<SlaRank, Bilingual>> = {
  contract_service: { ru: 'по услуге договора', en: 'by the service of the contract' },
  contract: { ru: 'по договору', en: 'by the contract' },
  client_service: { ru: 'по услуге клиента', en: 'by the service of the client' },
  client: { ru: 'по клиенту', en: 'by the client' },
  site_class: { ru: 'по классу объекта', en: 'by the class of the site' },
  default: { ru: 'обычные условия', en: 'the usual terms' },
}

/** Working time in hours and minutes, as agreements name it: days are not said, since their length differs. */
export const workingTimeText = (ms: number): Bilingual => ({
  ru: lengthText('ru', ms, { largest: 'hours' }),
  en: lengthText('en', ms, { largest: 'hours' }),
})
