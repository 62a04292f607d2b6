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
  'fiscal.register.inn': fact(
    'changes',
    z.string().regex(/^(\d{10}|\d{12})$/, '10 or 12 digits'),
    'ИНН',
    'Taxpayer number (INN)',
  ),
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
  'fiscal.ofd.error': fact('changes', text, 'Ошибка обмена с ОФД', 'OFD exchange error'),
  'fiscal.fn.serial': fact('changes', z.string().regex(/^\d{16}$/, '16 digits'), 'Заводской номер ФН', 'FN serial'),
  'fiscal.fn.firmware': fact('changes', text, 'Версия ФН', 'FN firmware'),
  'fiscal.fn.phase': fact('changes', z.enum(FN_PHASES), 'Фаза жизни ФН', 'FN phase'),
  'fiscal.fn.valid_until': fact('changes', localDate, 'Срок действия ФН', 'FN valid until'),
  'fiscal.fn.flags': fact('changes', z.array(z.enum(FN_FLAGS)).max(FN_FLAGS.length), 'Предупреждения ФН', 'FN flags'),
  'fiscal.fn.last_document': fact('series', count, 'Последний ФД', 'Last fiscal document'),
  'fiscal.fn.documents_left': fact('series', count, 'Осталось документов в ФН', 'FN documents left'),
  'fiscal.fn.registrations_left': fact('changes', count, 'Осталось перерегистраций', 'Registrations left'),
  'fiscal.fn.exhausted_at': fact('changes', localDate, 'Прогноз исчерпания ФН', 'FN documents exhausted at'),
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
  'agent.version': fact('changes', text, 'Версия агента', 'Agent version'),
  'agent.outbox.messages': fact('series', count, 'Сообщений в буфере агента', 'Agent outbox messages'),
  'agent.outbox.oldest_at': fact('state', text.nullable(), 'Самое старое в буфере', 'Oldest in outbox'),
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
