import type { Bilingual } from '@tillwatch/rules'
import type { IncidentCategory, IncidentKind, IncidentSource, IncidentType, PendingParty } from '@tillwatch/shared/api'

/** What classifiers are called in tickets and in the audit trail. */
export const KIND_WORDS: Readonly<Record<IncidentKind, Bilingual>> = {
  incident: { ru: 'инцидент', en: 'incident' },
  service_request: { ru: 'запрос на обслуживание', en: 'service request' },
}
export const TYPE_WORDS: Readonly<Record<IncidentType, Bilingual>> = {
  consultation: { ru: 'консультация', en: 'consultation' },
  setting: { ru: 'настройка', en: 'setting' },
  enhancement: { ru: 'доработка', en: 'enhancement' },
  failure: { ru: 'сбой', en: 'failure' },
}
export const CATEGORY_WORDS: Readonly<Record<IncidentCategory, Bilingual>> = {
  ofd: { ru: 'передача в ОФД', en: 'sending to the OFD' },
  fiscal_drive: { ru: 'фискальный накопитель', en: 'fiscal drive' },
  register: { ru: 'касса', en: 'register' },
  connection: { ru: 'связь', en: 'connection' },
  workstation: { ru: 'кассовый ПК', en: 'POS PC' },
  program: { ru: 'кассовая программа', en: 'POS program' },
  setup: { ru: 'настройки', en: 'settings' },
  other: { ru: 'другое', en: 'other' },
}
export const SOURCE_WORDS: Readonly<Record<IncidentSource, Bilingual>> = {
  monitoring: { ru: 'система мониторинга', en: 'monitoring' },
  monitor: { ru: 'другая система мониторинга', en: 'another monitoring system' },
  phone: { ru: 'телефон', en: 'phone' },
  email: { ru: 'электронная почта', en: 'e-mail' },
  telegram: { ru: 'Telegram', en: 'Telegram' },
  portal: { ru: 'портал', en: 'portal' },
  mobile: { ru: 'мобильное приложение', en: 'mobile app' },
  web_form: { ru: 'веб-форма', en: 'web form' },
}
export const PENDING_WORDS: Readonly<Record<PendingParty, Bilingual>> = {
  vendor: { ru: 'производителя', en: 'the vendor' },
  ofd: { ru: 'ОФД', en: 'the OFD' },
  provider: { ru: 'провайдера', en: 'the provider' },
}
export const DISCARD_WORDS: Readonly<Record<'cancelled' | 'duplicate' | 'rejected', Bilingual>> = {
  cancelled: { ru: 'отменено', en: 'cancelled' },
  duplicate: { ru: 'повтор инцидента', en: 'a duplicate of' },
  rejected: { ru: 'отклонено', en: 'rejected' },
}
