import { type FactName, factDefinition, isFactName } from '@tillwatch/shared/facts'
import type { Language } from '../format.ts'

type Words = Readonly<Record<string, { readonly ru: string; readonly en: string }>>
const word = (ru: string, en: string) => ({ ru, en })

/** What people call the values of facts that are names from a closed list. */
const FACT_VALUES: Partial<Record<FactName, Words>> = {
  'fiscal.register.link': {
    ok: word('на связи', 'ok'),
    busy: word('порт занят', 'port busy'),
    silent: word('молчит', 'silent'),
    error: word('ошибка', 'error'),
  },
  'fiscal.register.mode': {
    ready: word('готова', 'ready'),
    shift_open: word('смена открыта', 'shift open'),
    shift_closed: word('смена закрыта', 'shift closed'),
    shift_expired: word('смена длиннее 24 ч', 'shift over 24 h'),
    document_open: word('открыт документ', 'document open'),
    printing: word('печатает', 'printing'),
    blocked: word('заблокирована', 'blocked'),
    service: word('сервисный режим', 'service mode'),
    other: word('другой', 'other'),
  },
  'fiscal.register.error': {
    none: word('нет', 'none'),
    paper: word('бумага', 'paper'),
    cover: word('крышка', 'cover'),
    cutter: word('отрезчик', 'cutter'),
    printer: word('принтер', 'printer'),
    fn_link: word('связь с ФН', 'link to FN'),
    fn: word('ФН', 'FN'),
    clock: word('часы', 'clock'),
    other: word('другая', 'other'),
  },
  'fiscal.register.can_sell': {
    yes: word('да', 'yes'),
    no: word('нет', 'no'),
    unknown: word('неизвестно', 'not known'),
  },
  'fiscal.register.paper': {
    present: word('есть', 'present'),
    low: word('мало', 'low'),
    absent: word('нет', 'absent'),
  },
  'fiscal.register.cover': { closed: word('закрыта', 'closed'), open: word('открыта', 'open') },
  'fiscal.shift.state': {
    closed: word('закрыта', 'closed'),
    open: word('открыта', 'open'),
    expired: word('длиннее 24 ч', 'over 24 h'),
  },
  'fiscal.fn.phase': {
    setup: word('настройка', 'set-up'),
    ready: word('готов к фискализации', 'ready for fiscalisation'),
    fiscal: word('фискальный режим', 'fiscal mode'),
    post_fiscal: word('архив закрыт, идёт передача', 'archive closed, still sending'),
    archive: word('чтение архива', 'archive reading'),
  },
  'fiscal.fn.flags': {
    replace_urgently: word('срочно заменить', 'replace urgently'),
    key_resource_ending: word('кончается ресурс ключа', 'key resource ending'),
    memory_almost_full: word('память почти заполнена', 'memory almost full'),
    ofd_timeout: word('ОФД не отвечает', 'OFD does not answer'),
    flk_rejected: word('отказ форматного контроля', 'rejected by format check'),
    setup_needed: word('нужна настройка', 'set-up needed'),
    ofd_cancelled: word('ОФД расторг договор', 'OFD contract cancelled'),
    critical_error: word('критическая ошибка', 'critical error'),
  },
}

/** Why a fact has no value: reasons of drivers and of the collector. */
const REASONS: Words = {
  unsupported: word('касса этого не сообщает', 'the register does not tell it'),
  not_supported: word('касса этого не сообщает', 'the register does not tell it'),
  not_read: word('ещё не прочитано', 'not read yet'),
  busy: word('порт занят', 'port busy'),
  port_busy: word('порт занят', 'port busy'),
  silent: word('касса молчит', 'the register is silent'),
  timeout: word('не успели прочитать', 'not read in time'),
  answer_damaged: word('ответ повреждён', 'damaged answer'),
  frame_refused: word('касса не приняла запрос', 'the register refused the request'),
  ofd_locked: word('ФН заблокирован: 30 дней без передачи', 'FN locked: 30 days without sending'),
  fn_expired: word('срок ФН вышел', 'FN date passed'),
  fn_full: word('ФН заполнен', 'FN full'),
  fn_phase: word('ФН не в фискальном режиме', 'FN not in fiscal mode'),
  fn_critical: word('критическая ошибка ФН', 'FN critical error'),
  shift_expired: word('смена длиннее 24 ч', 'shift over 24 h'),
  paper_absent: word('нет бумаги', 'no paper'),
  cover_open: word('крышка открыта', 'cover open'),
  device_error: word('ошибка устройства', 'device error'),
}

/** What people call a fact; its own name when the dictionary does not have it. */
export const factName = (name: string, language: Language): string =>
  isFactName(name) ? factDefinition(name)[language] : name

/** What people call one value of a closed list; the value itself otherwise. */
export const factWord = (name: string, value: string, language: Language): string =>
  (isFactName(name) ? FACT_VALUES[name]?.[value]?.[language] : undefined) ?? value

/** Why there is no value, in words; the code itself when it is new to the portal. */
export const reasonWord = (reason: string, language: Language): string => REASONS[reason]?.[language] ?? reason
