import { type FactName, type FactValue, factDefinition, isFactName } from './facts.ts'
import {
  formatBytes,
  formatDeviceDate,
  formatMilliseconds,
  formatNumber,
  formatPercent,
  formatSpan,
  type Language,
} from './measures.ts'

type Words = Readonly<Record<string, { readonly ru: string; readonly en: string }>>
const word = (ru: string, en: string) => ({ ru, en })

/** What came of asking a service on the PC. */
const SERVICE_LINK: Words = {
  ok: word('отвечает', 'answers'),
  refused: word('не запущен', 'not running'),
  silent: word('молчит', 'silent'),
  denied: word('не пускает: другой пароль', 'denied: another password'),
  error: word('отвечает с ошибкой', 'answers with an error'),
}

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
  'fiscal.register.ofd_channel': { register: word('сама касса', 'the register itself'), pc: word('ПК', 'the PC') },
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
  'host.service.state': {
    running: word('работает', 'running'),
    stopped: word('остановлена', 'stopped'),
    changing: word('запускается или останавливается', 'starting or stopping'),
    absent: word('не установлена', 'not installed'),
  },
  'host.service.start': {
    automatic: word('автоматически', 'automatic'),
    manual: word('вручную', 'manual'),
    disabled: word('отключён', 'disabled'),
  },
  'ofd.server.reach': {
    ok: word('доступен', 'reachable'),
    dns: word('имя не найдено в DNS', 'name not found in DNS'),
    refused: word('отказ в соединении', 'connection refused'),
    timeout: word('не отвечает', 'no answer'),
    unreachable: word('сеть недоступна', 'network unreachable'),
  },
  'egais.utm.link': SERVICE_LINK,
  'chz.lm.link': SERVICE_LINK,
  'chz.piot.link': SERVICE_LINK,
  'chz.lm.status': {
    ready: word('готов', 'ready'),
    initialization: word('инициализация', 'initialising'),
    not_configured: word('не настроен', 'not configured'),
    sync_error: word('ошибка синхронизации', 'synchronisation error'),
    other: word('другое', 'other'),
  },
  'chz.lm.operation_mode': {
    active: word('рабочий', 'active'),
    service: word('обслуживание базы', 'database maintenance'),
    other: word('другой', 'other'),
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
  not_told: word('не сообщается', 'not told'),
  unclear_date: word('непонятная дата', 'unclear date'),
  no_rights: word('нет прав прочитать', 'no right to read it'),
  no_connection: word('нет соединения', 'no connection'),
  own_address: word('это адрес самого ПК, не проверяется', 'an address of this PC itself, not tried'),
  system_failed: word('система не сообщила', 'the system did not tell'),
  no_time: word('сервер времени не ответил', 'the time server did not answer'),
}

/** Reasons that drivers tell in a sentence; a code behind one, in brackets, stays. */
const REASONS_IN_RUSSIAN: Readonly<Record<string, string>> = {
  'command not supported': 'ККТ не знает такой команды',
  'the FN does not answer': 'ФН не отвечает',
  'the FN refused the query': 'ФН отказал в ответе',
  'the FN gives no version': 'ФН не сообщает версию',
  'the FN gives no serial of 16 digits': 'ФН не сообщает номер из 16 цифр',
  'the shift is closed': 'смена закрыта',
  'the service does not tell it': 'служба этого не сообщает',
  'this version of the service does not tell it': 'эта версия службы этого не сообщает',
  'version 1 of the interface does not tell it': 'первая версия интерфейса этого не сообщает',
  'the driver does not tell it': 'драйвер производителя этого не сообщает',
  'the driver does not tell the FN’s warnings': 'драйвер производителя не сообщает предупреждения ФН',
  'registers of this family do not tell it': 'кассы этого семейства этого не сообщают',
  'the register holds no valid value': 'в ККТ нет верного значения',
  'the register has no link with its printer': 'у ККТ нет связи с её принтером',
  'the register gives no work mode': 'ККТ не сообщает режим работы',
  'the register gives no serial': 'ККТ не сообщает номер',
  'the register gives no phase': 'ККТ не сообщает фазу ФН',
  'the register gives no flags': 'ККТ не сообщает предупреждения ФН',
  'the register does not say who sends': 'ККТ не сообщает, кто передаёт',
  'an unknown way to the OFD': 'неизвестный способ передачи в ОФД',
  'an unknown FFD version': 'неизвестная версия ФФД',
  'a model that is not in the vendor’s list': 'модели нет в списке производителя',
  'a state of the shift that is not in the vendor’s description': 'такого состояния смены нет в описании',
  'a phase that is not in the FN’s description': 'такой фазы нет в описании ФН',
  'a phase that is in no list of the service': 'такой фазы нет в описании службы',
  'this model’s tables have no field of that name': 'в таблицах этой модели нет такого поля',
  'the task failed without a code': 'задание не выполнено, причина не названа',
  'the system does not tell': 'система этого не сообщает',
}

/** What people call a fact; its own name when the dictionary does not have it. */
export const factName = (name: string, language: Language): string =>
  isFactName(name) ? factDefinition(name)[language] : name

/** What people call one value of a closed list; the value itself otherwise. */
export const factWord = (name: string, value: string, language: Language): string =>
  (isFactName(name) ? FACT_VALUES[name]?.[value]?.[language] : undefined) ?? value

const SWITCHED_OFF = /^switched off by (.+) until \S+$/

/** Why there is no value, in words; the reason itself when it is not known here. */
export function reasonWord(reason: string, language: Language): string {
  const by = SWITCHED_OFF.exec(reason)?.[1]
  if (by !== undefined) return { ru: `проверка выключена, ${by}`, en: `switched off by ${by}` }[language]
  const known = REASONS[reason]
  if (known !== undefined) return known[language]
  const [, sentence = reason, code = ''] = /^(.*?)( \([^()]*\))?$/s.exec(reason) ?? []
  const russian = language === 'ru' ? REASONS_IN_RUSSIAN[sentence] : undefined
  return russian === undefined ? reason : `${russian}${code}`
}

/** Words that stand for values which are not texts themselves. */
export interface ValueWords {
  readonly confirmed: string
  readonly denied: string
  readonly none: string
}

function numberText(name: string, value: number, language: Language): string {
  const unit = isFactName(name) ? factDefinition(name).unit : undefined
  if (unit === 'bytes') return formatBytes(language, value)
  if (unit === 'ms') return formatMilliseconds(language, value)
  if (unit === 'share') return formatPercent(language, value)
  if (unit === 'hours') return formatSpan(language, value * 3_600_000)
  if (unit === 'days') return formatSpan(language, value * 86_400_000)
  return formatNumber(language, value, 2)
}

/** A value of a fact as people read it: with its unit, its name from the dictionary, its date in their order. Null is "there is none"; "not known" comes with a reason, which is for the caller to tell. */
export function factText(name: string, value: FactValue, language: Language, words: ValueWords): string {
  if (value === null) return words.none
  if (typeof value === 'boolean') return value ? words.confirmed : words.denied
  if (typeof value === 'number') return numberText(name, value, language)
  if (typeof value === 'string') return formatDeviceDate(language, factWord(name, value, language))
  return value.length === 0 ? words.none : value.map(each => factWord(name, each, language)).join(', ')
}
