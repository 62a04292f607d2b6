import type { Device } from '../register.ts'
import { cp1251, littleEndian, readLittleEndian } from './bytes.ts'
import type { Quirks } from './quirks.ts'

interface Field {
  readonly name: string
  /** Bytes on the wire. */
  readonly size: number
  readonly value: string | number
}

interface Table {
  readonly name: string
  readonly fields: Readonly<Record<number, Field>>
}

/** A cash core has its own table numbers and names. */
export const isCashCore = (quirks: Quirks): boolean => quirks.model_parameters_bytes === 39

/** Numbers of the tables that a host needs; F7 tells them. */
export function tableNumbers(quirks: Quirks) {
  return isCashCore(quirks)
    ? { fn: 13, ofd: 14, embedded: 16, ffd: { table: 10, field: 29, name: 'Версия документов' } }
    : { fn: 18, ofd: 19, embedded: 21, ffd: { table: 17, field: 17, name: 'Формат ФД' } }
}

/** Coding of the FFD version in the tables and in tag 1209. */
export const FFD_CODES = { '1.0': 1, '1.05': 2, '1.1': 3, '1.2': 4 } as const

const FN_EXCHANGE_TABLE = 20
const textField = (name: string, size: number, value: string): Field => ({ name, size, value })
const numberField = (name: string, size: number, value: number): Field => ({ name, size, value })

/** Long texts of the registration, the same on all devices. */
const registrationTexts = ({ state: { register } }: Device<Quirks>) => ({
  user: register.organisation,
  address: register.address,
  ofdName: register.ofd_name,
  ofdHost: register.ofd_host,
})

/** The drive's table of a desktop model (protocol 1.17, table 18). The names are this simulator's own. */
function desktopFnFields(device: Device<Quirks>): Table['fields'] {
  const { register, fn } = device.state
  const texts = registrationTexts(device)
  return {
    1: textField('Заводской номер ККТ', 16, register.serial),
    2: textField('ИНН', 12, register.inn),
    3: textField('РНМ', 20, register.registration_number),
    4: textField('Заводской номер ФН', 16, fn.serial),
    5: numberField('Система налогообложения', 1, register.tax_systems),
    6: numberField('Режим работы', 1, register.autonomous ? 2 : 0),
    7: textField('Пользователь', 128, texts.user),
    8: textField('Оператор', 128, 'Кассир'),
    9: textField('Адрес', 128, texts.address),
    10: textField('ОФД', 128, texts.ofdName),
    11: textField('Сайт ОФД', 128, texts.ofdHost),
    12: textField('ИНН ОФД', 12, register.ofd_inn),
    13: textField('Сайт ФНС', 64, 'nalog.gov.ru'),
    14: textField('Место расчетов', 128, texts.address),
  }
}

/**
 * The drive's table of a cash core. Names end in the tag and a star marks what nobody may edit: fields 4, 7, 8 and 9 as seen on
 * devices (fr_drv_ng issues 72 and 109, fr_drv_ng_examples issue 11), the others after their pattern. The registration number is
 * field 2 there (fr_drv_ng_examples issue 15).
 */
function cashCoreFnFields(device: Device<Quirks>): Table['fields'] {
  const { register, fn } = device.state
  const texts = registrationTexts(device)
  return {
    1: textField('*ФН: ЗАВОДСКОЙ НОМЕР ККТ, 1013', 20, register.serial),
    2: textField('*ФН: РЕГИСТРАЦИОННЫЙ НОМЕР ККТ, 1037', 20, register.registration_number),
    3: textField('*ФН: ИНН ПОЛЬЗОВАТЕЛЯ, 1018', 12, register.inn),
    4: textField('*ФН: НОМЕР ФН, 1041', 16, fn.serial),
    5: numberField('ФН: СИСТЕМЫ НАЛОГООБЛОЖЕНИЯ, 1062', 1, register.tax_systems),
    6: numberField('ФН: РЕЖИМ РАБОТЫ', 1, register.autonomous ? 2 : 0),
    7: textField('ФН: НАИМЕНОВАНИЕ ПОЛЬЗОВАТЕЛЯ, 1048', 246, texts.user),
    8: textField('ФН: КАССИР, 1021', 64, 'Кассир'),
    9: textField('ФН: АДРЕС РАСЧЕТОВ, 1009', 246, texts.address),
    10: textField('ФН: НАИМЕНОВАНИЕ ОФД, 1046', 246, texts.ofdName),
    11: textField('ФН: АДРЕС САЙТА ОФД', 246, texts.ofdHost),
    12: textField('ФН: ИНН ОФД, 1017', 12, register.ofd_inn),
    13: textField('ФН: АДРЕС САЙТА ФНС, 1060', 246, 'nalog.gov.ru'),
    14: textField('ФН: МЕСТО РАСЧЕТОВ, 1187', 246, texts.address),
  }
}

/** Tables of the register. Names that no source shows are this simulator's own. */
function tablesOf(device: Device<Quirks>): Readonly<Record<number, Table>> {
  const { register, ofd, quirks } = device.state
  const numbers = tableNumbers(quirks)
  return {
    [numbers.fn]: {
      name: 'Фискальный накопитель',
      fields: isCashCore(quirks) ? cashCoreFnFields(device) : desktopFnFields(device),
    },
    [numbers.ofd]: {
      name: 'Параметры ОФД',
      fields: {
        1: textField('СЕРВЕР', 64, register.ofd_host),
        2: numberField('ПОРТ', 2, register.ofd_port),
        4: numberField('Таймаут', 2, 10),
      },
    },
    [FN_EXCHANGE_TABLE]: {
      name: 'Статус обмена ФН',
      fields: {
        1: numberField('Статус', 1, ofd.unsent_documents > 0 ? 2 : 0),
        3: numberField('Документов', 2, ofd.unsent_documents),
        4: numberField('Первый документ', 4, ofd.first_unsent_document ?? 0),
      },
    },
    [numbers.embedded]: {
      name: 'Сетевые интерфейсы',
      fields: {
        2: numberField('Обмен с ОФД средствами ККТ', 1, quirks.ofd_exchange === 'register' ? 1 : 0),
        3: numberField('Сервер TCP', 1, 1),
        4: numberField('Порт TCP', 2, 7778),
      },
    },
    [numbers.ffd.table]: {
      name: 'Служебная',
      fields: { [numbers.ffd.field]: numberField(numbers.ffd.name, 1, FFD_CODES[register.ffd]) },
    },
  }
}

const NO_SUCH_TABLE = 0x5d
const BAD_PARAMETERS = 0x33
const NAME_SIZE = 40

/** 1F: a field's value. An error code when there is no such table, row or field. */
export function readField(device: Device<Quirks>, parameters: Uint8Array): number[] | number {
  const [number = 0] = parameters
  const row = readLittleEndian(parameters.subarray(1, 3))
  const fieldNumber = parameters[3] ?? 0
  const raw = device.state.quirks.tables[`${number}/${row}/${fieldNumber}`]
  if (raw !== undefined) return [...Buffer.from(raw.replace(/\s/g, ''), 'hex')]
  const table = tablesOf(device)[number]
  if (!table) return NO_SUCH_TABLE
  const field = table.fields[fieldNumber]
  if (row !== 1 || !field) return BAD_PARAMETERS
  if (typeof field.value === 'number') return littleEndian(field.value, field.size)
  // A cash core sends texts as long as they are.
  return isCashCore(device.state.quirks) ? cp1251(field.value).slice(0, field.size) : cp1251(field.value, field.size)
}

/** 2D: name, rows and fields of a table. */
export function tableStructure(device: Device<Quirks>, parameters: Uint8Array): number[] | number {
  const table = tablesOf(device)[parameters[0] ?? 0]
  if (!table) return NO_SUCH_TABLE
  return [...cp1251(table.name, NAME_SIZE), 1, 0, Math.max(...Object.keys(table.fields).map(Number))]
}

/** 2E: name, type and size of a field. */
export function fieldStructure(device: Device<Quirks>, parameters: Uint8Array): number[] | number {
  const table = tablesOf(device)[parameters[0] ?? 0]
  if (!table) return NO_SUCH_TABLE
  const field = table.fields[parameters[1] ?? 0]
  if (!field) return BAD_PARAMETERS
  const name = cp1251(field.name, NAME_SIZE)
  if (typeof field.value === 'string') return [...name, 1, field.size]
  const largest = littleEndian(256 ** field.size - 1, field.size)
  return [...name, 0, field.size, ...littleEndian(0, field.size), ...largest]
}
