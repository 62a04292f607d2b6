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

/** What people call a fact; its own name when the dictionary does not have it. */
export const factName = (name: string, language: Language): string =>
  isFactName(name) ? factDefinition(name)[language] : name

/** What people call one value of a closed list, or a fact that a value names; the value itself otherwise. */
export const factWord = (name: string, value: string, language: Language): string => {
  if (name === 'config.drift') return factName(value, language)
  return (isFactName(name) ? FACT_VALUES[name]?.[value]?.[language] : undefined) ?? value
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
