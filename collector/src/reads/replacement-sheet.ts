import { Buffer } from 'node:buffer'
import type { ReplacementPlan, ReplacementRow } from '@tillwatch/shared/api'
import writeXlsxFile, { type Cell, type SheetData } from 'write-excel-file/node'

type Lang = 'ru' | 'en'

const WORDS = {
  plan: { ru: 'План замены ФН', en: 'FN replacement plan' },
  totals: { ru: 'По месяцам', en: 'By month' },
  overdue: { ru: 'просрочено', en: 'overdue' },
  unknown: { ru: 'срок неизвестен', en: 'date unknown' },
  registers: { ru: 'Касс', en: 'Registers' },
  addresses: { ru: 'Адресов', en: 'Addresses' },
  month: { ru: 'Месяц', en: 'Month' },
} as const satisfies Record<string, Record<Lang, string>>

const LIMITED_BY = {
  date: { ru: 'срок', en: 'date' },
  documents: { ru: 'документы', en: 'documents' },
  key: { ru: 'ключ', en: 'key' },
  unknown: { ru: 'неизвестно', en: 'unknown' },
} as const
const CONFIDENCE = {
  high: { ru: 'высокая', en: 'high' },
  medium: { ru: 'средняя', en: 'medium' },
  low: { ru: 'низкая', en: 'low' },
} as const

interface Line {
  readonly month: string
  readonly address: string
  readonly site: string | null
  readonly register: ReplacementRow
}

interface Column {
  readonly ru: string
  readonly en: string
  readonly width: number
  readonly cell: (line: Line, lang: Lang) => Cell
}

/** What XML cannot hold; a device may send anything. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to take out
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
/** Longest text of one cell (Office Open XML, SpreadsheetML limits). */
const CELL_LENGTH_MAX = 32_767

/** Always a text cell: a value that begins with "=" is shown, never calculated. */
const text = (value: string | null): Cell =>
  value === null || value === ''
    ? null
    : { type: String, value: value.toWellFormed().replace(NOT_IN_XML, '').slice(0, CELL_LENGTH_MAX) }
const number = (value: number | null): Cell => (value === null ? null : { type: Number, value })
const date = (value: string | null): Cell => {
  const at = value === null ? Number.NaN : Date.parse(`${value.slice(0, 10)}T00:00:00Z`)
  return Number.isNaN(at) ? null : { type: Date, value: new Date(at), format: 'dd.mm.yyyy' }
}

const COLUMNS: readonly Column[] = [
  { ru: 'Месяц', en: 'Month', width: 16, cell: (line, lang) => text(monthText(line.month, lang)) },
  { ru: 'Адрес', en: 'Address', width: 44, cell: line => text(line.address) },
  { ru: 'Объект', en: 'Site', width: 24, cell: line => text(line.site) },
  { ru: 'Клиент', en: 'Client', width: 24, cell: line => text(line.register.client) },
  { ru: 'ИНН', en: 'INN', width: 14, cell: line => text(line.register.inn) },
  { ru: 'Касса', en: 'Terminal', width: 18, cell: line => text(line.register.terminal) },
  { ru: 'Модель ККТ', en: 'Register model', width: 20, cell: line => text(line.register.model) },
  { ru: 'Заводской № ККТ', en: 'Register serial', width: 20, cell: line => text(line.register.serial) },
  { ru: 'Заводской № ФН', en: 'FN serial', width: 20, cell: line => text(line.register.fnSerial) },
  { ru: 'ФН действует до', en: 'FN valid until', width: 15, cell: line => date(line.register.validUntil) },
  { ru: 'Документы закончатся', en: 'Documents run out', width: 18, cell: line => date(line.register.exhaustedAt) },
  { ru: 'Заменить до', en: 'Ends', width: 13, cell: line => date(line.register.endsAt) },
  { ru: 'Причина', en: 'Limited by', width: 13, cell: (line, lang) => text(LIMITED_BY[line.register.limitedBy][lang]) },
  {
    ru: 'Уверенность',
    en: 'Confidence',
    width: 13,
    cell: ({ register }, lang) => text(register.confidence && CONFIDENCE[register.confidence][lang]),
  },
  { ru: 'Не передано в ОФД', en: 'Unsent documents', width: 18, cell: line => number(line.register.unsentDocuments) },
  { ru: 'Последний ФД', en: 'Last document', width: 14, cell: line => number(line.register.lastDocument) },
  { ru: 'В работе до', en: 'In progress until', width: 16, cell: line => date(line.register.inProgressUntil) },
]

const monthText = (month: string, lang: Lang): string =>
  month === 'overdue' || month === 'unknown' ? WORDS[month][lang] : month

const heading = (value: string): Cell => ({
  type: String,
  value,
  fontWeight: 'bold',
  backgroundColor: '#E7F0F8',
  wrap: true,
})

/** The plan as a workbook: one line a register, and a sheet with the counts. */
export async function replacementSheet(plan: ReplacementPlan, lang: Lang): Promise<Buffer> {
  const lines = plan.months.flatMap(({ month, addresses }) =>
    addresses.flatMap(({ address, site, registers }) =>
      registers.map(register => ({ month, address, site, register })),
    ),
  )
  const planSheet: SheetData = [
    COLUMNS.map(column => heading(column[lang])),
    ...lines.map(line => COLUMNS.map(column => column.cell(line, lang))),
  ]
  const totals: SheetData = [
    [heading(WORDS.month[lang]), heading(WORDS.registers[lang]), heading(WORDS.addresses[lang])],
    ...plan.months.map(({ month, registers, addresses }) => [
      text(monthText(month, lang)),
      number(registers),
      number(addresses.length),
    ]),
  ]
  const workbook = writeXlsxFile([
    { data: planSheet, sheet: WORDS.plan[lang], columns: COLUMNS.map(({ width }) => ({ width })), stickyRowsCount: 1 },
    { data: totals, sheet: WORDS.totals[lang], columns: [{ width: 18 }, { width: 10 }, { width: 10 }] },
  ])
  return Buffer.from(await workbook.toBuffer())
}
