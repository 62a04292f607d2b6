import { z } from 'zod'

/** `YYYY-MM-DD` as the device gave it; no time zone. */
const localDate = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'a date as YYYY-MM-DD')
/** `YYYY-MM-DDTHH:mm` with optional seconds, as the device gave it; no time zone. */
const localDateTime = z
  .string()
  .regex(
    /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/,
    'a local time as YYYY-MM-DDTHH:mm[:ss]',
  )
const text = z.string().max(1024)
/** An instant by a clock that knows its zone, ISO 8601 in UTC. */
const utcInstant = z.iso.datetime({ offset: false })
/** Taxpayer number: 10 digits of an organisation, 12 of a person. */
const inn = z.string().regex(/^(\d{10}|\d{12})$/, '10 or 12 digits')
const texts = z.array(z.string().max(64)).max(64)
const count = z.number().int().nonnegative()
const amount = z.number().nonnegative()

export const REGISTER_LINKS = ['ok', 'busy', 'silent', 'error'] as const
export const REGISTER_MODES = [
  'ready',
  'shift_open',
  'shift_closed',
  'shift_expired',
  'document_open',
  'printing',
  'blocked',
  'service',
  'other',
] as const
export const REGISTER_ERRORS = [
  'none',
  'paper',
  'cover',
  'cutter',
  'printer',
  'fn_link',
  'fn',
  'clock',
  'other',
] as const
export const SHIFT_STATES = ['closed', 'open', 'expired'] as const
export const FN_PHASES = ['setup', 'ready', 'fiscal', 'post_fiscal', 'archive'] as const
export const FN_FLAGS = [
  'replace_urgently',
  'key_resource_ending',
  'memory_almost_full',
  'ofd_timeout',
  'flk_rejected',
  'setup_needed',
  'ofd_cancelled',
  'critical_error',
] as const
export const CAN_SELL_REASONS = [
  'ofd_locked',
  'fn_expired',
  'fn_full',
  'fn_phase',
  'fn_critical',
  'shift_expired',
  'paper_absent',
  'cover_open',
  'device_error',
] as const
/** What came of asking a service on the PC: `refused` nobody listens, `silent` no answer in time, `denied` it wants other credentials, `error` it answered something else. */
export const SERVICE_LINKS = ['ok', 'refused', 'silent', 'denied', 'error'] as const
export const SERVICE_STATES = ['running', 'stopped', 'changing', 'absent'] as const
export const SERVICE_STARTS = ['automatic', 'manual', 'disabled'] as const
/** States of the local module of Chestny ZNAK; `other` with the module's own word beside it. */
export const LOCAL_MODULE_STATUSES = ['ready', 'initialization', 'not_configured', 'sync_error', 'other'] as const
/** How far the way to the OFD's server goes from the PC: `dns` its name is not known, `unreachable` the network refuses. */
export const OFD_REACHES = ['ok', 'dns', 'refused', 'timeout', 'unreachable'] as const
export type FnFlag = (typeof FN_FLAGS)[number]
export type CanSellReason = (typeof CAN_SELL_REASONS)[number]

/** Where a fact lives once received: numbers that draw a chart, values whose changes tell a story, or only as current state. */
export type Keeping = 'series' | 'changes' | 'state'

interface FactDefinition {
  readonly schema: z.ZodType
  readonly keep: Keeping
  /** Unit as shown to people; absent for plain counts and texts. */
  readonly unit?: 'bytes' | 'ms' | 'share' | 'hours' | 'days'
  readonly ru: string
  readonly en: string
}

const fact = (
  keep: Keeping,
  schema: z.ZodType,
  ru: string,
  en: string,
  unit?: FactDefinition['unit'],
): FactDefinition => (unit ? { keep, schema, ru, en, unit } : { keep, schema, ru, en })

/**
 * The dictionary of facts: what a name means, what values it may have, how it is kept and what people call it.
 * Adding a name is easy; changing the meaning of one is a new version of the protocol.
 */
export const FACTS = {
  'fiscal.register.link': fact('changes', z.enum(REGISTER_LINKS), 'Связь с ККТ', 'Register link'),
  'fiscal.register.vendor': fact('changes', text, 'Производитель', 'Vendor'),
  'fiscal.register.model': fact('changes', text, 'Модель', 'Model'),
  'fiscal.register.serial': fact('changes', text, 'Заводской номер ККТ', 'Register serial'),
  'fiscal.register.firmware': fact('changes', text, 'Прошивка', 'Firmware'),
  'fiscal.register.registration_number': fact(
    'changes',
    z.string().regex(/^\d{16}$/, '16 digits'),
    'РНМ',
    'Registration number',
  ),
  'fiscal.register.inn': fact('changes', inn, 'ИНН', 'Taxpayer number (INN)'),
  'fiscal.register.ffd': fact('changes', z.enum(['1.0', '1.05', '1.1', '1.2']), 'ФФД', 'FFD version'),
  'fiscal.register.ofd_name': fact('changes', text, 'ОФД', 'OFD'),
  'fiscal.register.ofd_inn': fact('changes', text, 'ИНН ОФД', 'OFD INN'),
  'fiscal.register.ofd_host': fact('changes', text, 'Адрес ОФД', 'OFD host'),
  'fiscal.register.ofd_port': fact('changes', count, 'Порт ОФД', 'OFD port'),
  'fiscal.register.ofd_channel': fact(
    'changes',
    z.enum(['register', 'pc']),
    'Кто передаёт в ОФД',
    'Who sends to the OFD',
  ),
  'fiscal.register.autonomous': fact('changes', z.boolean(), 'Автономный режим', 'Autonomous mode'),
  'fiscal.register.mode': fact('changes', z.enum(REGISTER_MODES), 'Режим ККТ', 'Register mode'),
  'fiscal.register.error': fact('changes', z.enum(REGISTER_ERRORS), 'Ошибка ККТ', 'Register error'),
  'fiscal.register.can_sell': fact('changes', z.enum(['yes', 'no', 'unknown']), 'Может продавать', 'Can sell'),
  'fiscal.register.paper': fact('changes', z.enum(['present', 'low', 'absent']), 'Бумага', 'Paper'),
  'fiscal.register.cover': fact('changes', z.enum(['closed', 'open']), 'Крышка', 'Cover'),
  'fiscal.register.clock_at': fact('state', localDateTime, 'Часы ККТ', 'Register clock'),
  'fiscal.register.clock_skew_ms': fact('series', z.number(), 'Расхождение часов ККТ', 'Register clock skew', 'ms'),
  'fiscal.driver.version': fact('changes', text, 'Версия драйвера', 'Driver version'),
  'fiscal.shift.state': fact('changes', z.enum(SHIFT_STATES), 'Смена', 'Shift'),
  'fiscal.shift.number': fact('changes', count, 'Номер смены', 'Shift number'),
  'fiscal.shift.receipts': fact('series', count, 'Чеков за смену', 'Receipts in shift'),
  'fiscal.shift.opened_at': fact('changes', localDateTime, 'Смена открыта', 'Shift opened at'),
  'fiscal.ofd.unsent_documents': fact('series', count, 'Не передано в ОФД', 'Unsent documents'),
  'fiscal.ofd.first_unsent_document': fact(
    'state',
    count.nullable(),
    'Первый непереданный ФД',
    'First unsent document',
  ),
  'fiscal.ofd.first_unsent_at': fact(
    'changes',
    localDateTime.nullable(),
    'Дата первого непереданного ФД',
    'First unsent at',
  ),
  'fiscal.ofd.last_connection_at': fact(
    'changes',
    localDateTime.nullable(),
    'Последний обмен с ОФД',
    'Last exchange with the OFD',
  ),
  'fiscal.ofd.growing_since': fact(
    'state',
    localDateTime.nullable(),
    'Очередь в ОФД растёт с',
    'OFD queue grows since',
  ),
  'fiscal.ofd.contract_until': fact('changes', localDate, 'Договор с ОФД до', 'OFD contract until'),
  'fiscal.ofd.error': fact('changes', text, 'Ошибка обмена с ОФД', 'OFD exchange error'),
  'fiscal.fn.serial': fact('changes', z.string().regex(/^\d{16}$/, '16 digits'), 'Заводской номер ФН', 'FN serial'),
  'fiscal.fn.firmware': fact('changes', text, 'Версия ФН', 'FN firmware'),
  'fiscal.fn.phase': fact('changes', z.enum(FN_PHASES), 'Фаза жизни ФН', 'FN phase'),
  'fiscal.fn.valid_until': fact('changes', localDate, 'Срок действия ФН', 'FN valid until'),
  'fiscal.fn.flags': fact('changes', z.array(z.enum(FN_FLAGS)).max(FN_FLAGS.length), 'Предупреждения ФН', 'FN flags'),
  'fiscal.fn.last_document': fact('series', count, 'Последний ФД', 'Last fiscal document'),
  'fiscal.fn.last_document_at': fact('state', localDateTime, 'Последний ФД появился', 'Last fiscal document seen'),
  'fiscal.fn.documents_left': fact('series', count, 'Осталось документов в ФН', 'FN documents left'),
  'fiscal.fn.registrations_left': fact('changes', count, 'Осталось перерегистраций', 'Registrations left'),
  'fiscal.fn.exhausted_at': fact('changes', localDate, 'Прогноз исчерпания ФН', 'FN documents exhausted at'),
  'fiscal.fn.key_until': fact('changes', localDate.nullable(), 'Прогноз исчерпания ключа ФН', 'FN key runs out at'),
  'fiscal.drive.activated_on': fact('changes', localDate, 'ФН впервые замечен', 'FN first seen'),
  'fiscal.drive.date_gap_days': fact(
    'state',
    z.number(),
    'Дата ФН расходится с расчётом',
    'FN date differs from its term',
    'days',
  ),
  'fiscal.marking.unsent_notifications': fact(
    'series',
    count,
    'Уведомлений маркировки в очереди',
    'Unsent marking notifications',
  ),
  'fiscal.poll.port_held_ms': fact('series', amount, 'Порт занят опросом', 'Port held', 'ms'),
  'fiscal.poll.bytes': fact('series', count, 'Байтов за опрос', 'Bytes a poll'),
  'fiscal.poll.commands': fact('series', count, 'Команд за опрос', 'Commands a poll'),
  'host.disk.free_bytes': fact('series', amount, 'Свободно на диске', 'Disk free', 'bytes'),
  'host.disk.total_bytes': fact('changes', amount, 'Объём диска', 'Disk size', 'bytes'),
  'host.disk.system': fact('state', z.boolean(), 'Системный диск', 'System volume'),
  'host.disk.volume': fact('state', text, 'Том', 'Volume'),
  'host.disk.full_at': fact('changes', localDate, 'Прогноз заполнения диска', 'Disk full at'),
  'host.memory.free_bytes': fact('series', amount, 'Свободно памяти', 'Memory free', 'bytes'),
  'host.memory.total_bytes': fact('changes', amount, 'Память', 'Memory', 'bytes'),
  'host.cpu.load': fact('series', amount, 'Загрузка процессора', 'CPU load', 'share'),
  'host.boot_at': fact('changes', text, 'Загрузка ОС', 'Booted at'),
  'host.clock.skew_ms': fact('series', z.number(), 'Расхождение часов ПК', 'PC clock skew', 'ms'),
  'host.os': fact('changes', text, 'Операционная система', 'Operating system'),
  'host.name': fact('changes', text, 'Имя ПК', 'Host name'),
  'host.clock.service': fact('changes', text, 'Служба времени ОС', 'Time service'),
  'host.clock.synchronised': fact('changes', z.boolean(), 'Часы ПК синхронизируются', 'PC clock synchronised'),
  'host.clock.source': fact('changes', text.nullable(), 'Источник времени', 'Time source'),
  'host.clock.ntp_offset_ms': fact(
    'series',
    z.number(),
    'Расхождение с сервером времени',
    'Offset to the time server',
    'ms',
  ),
  'host.antivirus': fact('changes', texts, 'Антивирус', 'Antivirus'),
  'host.antivirus_updated_on': fact('changes', localDate, 'Базы антивируса от', 'Antivirus definitions of'),
  'host.remote_access': fact('changes', texts, 'Удалённый доступ', 'Remote access'),
  'host.service.name': fact('state', text, 'Служба', 'Service'),
  'host.service.state': fact('changes', z.enum(SERVICE_STATES), 'Состояние службы', 'Service state'),
  'host.service.start': fact('changes', z.enum(SERVICE_STARTS), 'Запуск службы', 'Service start'),
  'pos.app.name': fact('state', text, 'Кассовая программа', 'POS program'),
  'pos.app.running': fact('changes', z.boolean(), 'Запущена', 'Running'),
  'pos.app.version': fact('changes', text, 'Версия программы', 'Program version'),
  'ofd.server.reach': fact('changes', z.enum(OFD_REACHES), 'Сервер ОФД с этого ПК', 'OFD server from this PC'),
  'ofd.server.host': fact('state', text, 'Адрес сервера ОФД', 'OFD server'),
  'ofd.server.port': fact('state', count, 'Порт сервера ОФД', 'OFD server port'),
  'ofd.server.connect_ms': fact('series', amount, 'Время соединения с ОФД', 'Time to connect to the OFD', 'ms'),
  'ofd.server.registers': fact('state', texts, 'Кассы с этим ОФД', 'Registers set to it'),
  'egais.utm.link': fact('changes', z.enum(SERVICE_LINKS), 'Связь с УТМ', 'UTM link'),
  'egais.utm.version': fact('changes', text, 'Версия УТМ', 'UTM version'),
  'egais.utm.contour': fact('changes', text, 'Контур ЕГАИС', 'EGAIS contour'),
  'egais.utm.owner_id': fact('changes', text, 'ФСРАР ИД', 'FSRAR id'),
  'egais.utm.owner_matches': fact(
    'changes',
    z.boolean(),
    'Ключ того же владельца, что и база',
    'Key and database of one owner',
  ),
  'egais.utm.rsa_error': fact('changes', text.nullable(), 'Ошибка ключа RSA', 'RSA key error'),
  'egais.utm.check_info': fact('changes', text.nullable(), 'Замечание УТМ', 'UTM remark'),
  'egais.utm.rsa_valid': fact('changes', z.boolean(), 'Сертификат RSA действует', 'RSA certificate valid'),
  'egais.utm.rsa_valid_until': fact('changes', localDate, 'Сертификат RSA до', 'RSA certificate until'),
  'egais.utm.gost_valid': fact('changes', z.boolean(), 'Сертификат ГОСТ действует', 'GOST certificate valid'),
  'egais.utm.gost_valid_until': fact('changes', localDate, 'Сертификат ГОСТ до', 'GOST certificate until'),
  'egais.utm.gost_key_valid': fact('changes', z.boolean(), 'Ключ ГОСТ действует', 'GOST key valid'),
  'egais.utm.gost_key_valid_until': fact('changes', localDate, 'Ключ ГОСТ до', 'GOST key until'),
  'egais.utm.license': fact('state', z.boolean(), 'Лицензия по данным УТМ', 'Licence as the UTM tells it'),
  'egais.utm.database_created_at': fact('changes', localDateTime, 'База УТМ создана', 'UTM database created at'),
  'egais.utm.in_documents': fact('series', count, 'УТМ: документов в списке in', 'UTM: documents in list "in"'),
  'egais.utm.out_documents': fact('series', count, 'УТМ: документов в списке out', 'UTM: documents in list "out"'),
  'chz.lm.link': fact('changes', z.enum(SERVICE_LINKS), 'Связь с ЛМ ЧЗ', 'Local module link'),
  'chz.lm.status': fact('changes', z.enum(LOCAL_MODULE_STATUSES), 'Состояние ЛМ ЧЗ', 'Local module status'),
  'chz.lm.operation_mode': fact('changes', z.enum(['active', 'service', 'other']), 'Режим ЛМ ЧЗ', 'Local module mode'),
  'chz.lm.last_sync_at': fact('state', utcInstant, 'Последняя связь ЛМ ЧЗ с сервером', 'Last contact with the server'),
  'chz.lm.sync_age_hours': fact(
    'series',
    amount,
    'ЛМ ЧЗ без связи с сервером',
    'Local module without its server',
    'hours',
  ),
  'chz.lm.last_update_at': fact('state', utcInstant, 'Последнее обновление баз ЛМ ЧЗ', 'Last update of its databases'),
  'chz.lm.version': fact('changes', text, 'Версия ЛМ ЧЗ', 'Local module version'),
  'chz.lm.database_version': fact('changes', text, 'Версия базы ЛМ ЧЗ', 'Local module database version'),
  'chz.lm.name': fact('changes', text, 'Имя ЛМ ЧЗ', 'Local module name'),
  'chz.lm.instance': fact('changes', text, 'Экземпляр ЛМ ЧЗ', 'Local module instance'),
  'chz.lm.inn': fact('changes', inn, 'ИНН в ЛМ ЧЗ', 'Local module INN'),
  'chz.lm.requires_download': fact('changes', z.boolean(), 'Нужна загрузка базы ЛМ ЧЗ', 'Database download needed'),
  'chz.lm.grey_gtin': fact('state', z.boolean(), 'Серые GTIN', 'Grey GTIN'),
  'chz.lm.local_documents': fact('series', count, 'Записей в базах ЛМ ЧЗ', 'Records in its databases'),
  'chz.lm.server_documents': fact('series', count, 'Записей на сервере ЧЗ', 'Records on its server'),
  'chz.lm.errors': fact('changes', texts, 'Ошибки ЛМ ЧЗ', 'Local module errors'),
  'chz.piot.link': fact('changes', z.enum(SERVICE_LINKS), 'Связь с ТС ПИоТ', 'TS PIoT link'),
  'chz.piot.instances': fact('changes', count, 'Экземпляров ЕСМ', 'ESM instances'),
  'chz.piot.state': fact('changes', text, 'Состояние ЕСМ', 'ESM state'),
  'chz.piot.version': fact('changes', text, 'Версия ЕСМ', 'ESM version'),
  'chz.piot.licence_active': fact('changes', z.boolean(), 'Лицензия ЕСМ действует', 'ESM licence active'),
  'chz.piot.licence_until': fact('changes', localDate, 'Лицензия ЕСМ до', 'ESM licence until'),
  'chz.piot.register_serial': fact('changes', text, 'ККТ в ЕСМ', 'Register in ESM'),
  'chz.piot.fn_serial': fact('changes', text, 'ФН в ЕСМ', 'FN in ESM'),
  'chz.piot.inn': fact('changes', inn, 'ИНН в ЕСМ', 'ESM INN'),
  'daily.checked_to': fact('state', localDate, 'Полная проверка есть по', 'Checked in full up to'),
  'config.drift': fact('changes', texts, 'Настройки не по профилю', 'Settings off their profile'),
  'config.accepted': fact('changes', z.array(z.string()), 'Принятая настройка', 'Accepted setting'),
  'site.agents': fact('state', count, 'Компьютеров на объекте', 'PCs at the site'),
  'site.silent_since': fact('changes', localDateTime.nullable(), 'Объект не на связи с', 'Site silent since'),
  'site.others_selling': fact('state', z.boolean(), 'Другие кассы объекта продают', 'Other registers of the site sell'),
  'agent.version': fact('changes', text, 'Версия агента', 'Agent version'),
  'agent.outbox.messages': fact('series', count, 'Сообщений в буфере агента', 'Agent outbox messages'),
  'agent.outbox.oldest_at': fact('state', text.nullable(), 'Самое старое в буфере', 'Oldest in outbox'),
  'agent.switched_off': fact('changes', z.array(z.string()), 'Выключенные проверки', 'Checks switched off'),
  'agent.command': fact('changes', z.array(z.string()), 'Команда агенту', 'Command to the agent'),
  'agent.checks': fact('state', z.array(z.string()), 'Проверки', 'Checks'),
  'agent.dropped_total': fact('series', count, 'Потеряно агентом', 'Dropped by agent'),
} as const satisfies Record<string, FactDefinition>

export type FactName = keyof typeof FACTS
export const FACT_NAMES = Object.keys(FACTS) as FactName[]
export const isFactName = (name: string): name is FactName => Object.hasOwn(FACTS, name)
export const factDefinition = (name: FactName): FactDefinition => FACTS[name]

/** What a fact may be on the wire and in stores. A set (the FN flags) is a sorted array of names. */
export type FactValue = string | number | boolean | readonly string[] | null

/** Why a value is unfit for its name, or null when it is fit. A name that is not in the dictionary is fit: it is kept, not judged. */
export function factProblem(name: string, value: FactValue): string | null {
  if (value === null || !isFactName(name)) return null
  const parsed = FACTS[name].schema.safeParse(value)
  return parsed.success ? null : `${name}: expected ${parsed.error.issues[0]?.message ?? 'another value'}`
}
