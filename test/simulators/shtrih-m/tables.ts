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

/** Numbers of the tables that a host needs; F7 tells them. */
export function tableNumbers(quirks: Quirks) {
  return quirks.model_parameters_bytes === 39
    ? { fn: 13, ofd: 14, embedded: 16, ffd: { table: 10, field: 29 } }
    : { fn: 18, ofd: 19, embedded: 21, ffd: { table: 17, field: 17 } }
}

/** Coding of the FFD version in the tables and in tag 1209. */
export const FFD_CODES = { '1.0': 1, '1.05': 2, '1.1': 3, '1.2': 4 } as const

const FN_EXCHANGE_TABLE = 20
const textField = (name: string, size: number, value: string): Field => ({ name, size, value })
const numberField = (name: string, size: number, value: number): Field => ({ name, size, value })

/** Tables of the register; the names of tables and fields are this simulator's own. */
function tablesOf({ state }: Device<Quirks>): Readonly<Record<number, Table>> {
  const { register, fn, ofd } = state
  const numbers = tableNumbers(state.quirks)
  return {
    [numbers.fn]: {
      name: 'Fiscal storage',
      fields: {
        1: textField('Заводской номер ККТ', 16, register.serial),
        2: textField('ИНН', 12, register.inn),
        3: textField('РНМ', 20, register.registration_number),
        4: textField('Заводской номер ФН', 16, fn.serial),
        5: numberField('Система налогообложения', 1, register.tax_systems),
        6: numberField('Режим работы', 1, register.autonomous ? 2 : 0),
        7: textField('Пользователь', 128, register.organisation),
        8: textField('Оператор', 128, 'Кассир'),
        9: textField('Адрес', 128, register.address),
        10: textField('ОФД', 128, register.ofd_name),
        11: textField('Сайт ОФД', 128, register.ofd_host),
        12: textField('ИНН ОФД', 12, register.ofd_inn),
        13: textField('Сайт ФНС', 64, 'nalog.gov.ru'),
        14: textField('Место расчетов', 128, register.address),
      },
    },
    [numbers.ofd]: {
      name: 'Параметры ОФД',
      fields: {
        1: textField('Сервер', 64, register.ofd_host),
        2: numberField('Порт', 2, register.ofd_port),
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
        2: numberField('Обмен с ОФД средствами ККТ', 1, 1),
        3: numberField('Сервер TCP', 1, 1),
        4: numberField('Порт TCP', 2, 7778),
      },
    },
    [numbers.ffd.table]: {
      name: 'Региональные настройки',
      fields: { [numbers.ffd.field]: numberField('Формат ФД', 1, FFD_CODES[register.ffd]) },
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
  return typeof field.value === 'number' ? littleEndian(field.value, field.size) : cp1251(field.value, field.size)
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
