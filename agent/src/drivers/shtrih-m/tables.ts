import { decodeCp1251 } from '../../codec/codepage.ts'
import type { Asked, Window } from '../kit/window.ts'
import type { RegisterMemo } from '../memo.ts'
import { COMMANDS, fieldNumber } from './commands.ts'

/** A field looked for by its name, because its place differs between models. */
interface Wanted {
  readonly table: keyof typeof USUAL_TABLES
  /** Where desktop models have it. */
  readonly usual: number
  /** Tag of its content in the fiscal data format: some firmware names fields by it, alone or behind words. */
  readonly tag?: number
  readonly matches: (name: string) => boolean
}

/** Table numbers of desktop models, for firmware whose answer to F7 does not tell them. */
const USUAL_TABLES = { fn: 18, ofd: 19, network: 21, ffd: 17 } as const

const OFD = /офд|ofd|оператор фиск/
const NOT_A_NAME = /инн|inn|tin|сайт|site|url|адрес|address|сервер|server|порт|port|врем|time|тайм/

/**
 * Fields that hold facts (Shtrih-M protocol 1.17, tables 17 to 21; tags of the fiscal data format), by the names that firmware
 * gives them in either language.
 */
export const WANTED = {
  serial: {
    table: 'fn',
    usual: 1,
    tag: 1013,
    matches: name =>
      /завод|серийн|serial/.test(name) && !/фн|фискальн\S* накоп|fs |fn |fiscal (storage|drive)/.test(name),
  },
  registrationNumber: {
    table: 'fn',
    usual: 3,
    tag: 1037,
    matches: name => /рнм|регистрационный номер|rnm|registration number/.test(name),
  },
  inn: {
    table: 'fn',
    usual: 2,
    tag: 1018,
    matches: name => /инн|inn|tin/.test(name) && !OFD.test(name) && !/кассир|cashier|агент|agent|поставщик/.test(name),
  },
  ofdName: { table: 'fn', usual: 10, tag: 1046, matches: name => OFD.test(name) && !NOT_A_NAME.test(name) },
  ofdInn: { table: 'fn', usual: 12, tag: 1017, matches: name => OFD.test(name) && /инн|inn|tin/.test(name) },
  ofdHost: {
    table: 'ofd',
    usual: 1,
    matches: name => /сервер|адрес|хост|server|address|host|url/.test(name) && !/порт|port/.test(name),
  },
  ofdPort: { table: 'ofd', usual: 2, matches: name => /порт|port/.test(name) },
  ofdChannel: { table: 'network', usual: 2, matches: name => OFD.test(name) || /обмен|exchange/.test(name) },
  ffd: { table: 'ffd', usual: 17, matches: name => /ффд|ffd|формат (фд|фискальн)|fd format/.test(name) },
} as const satisfies Record<string, Wanted>

const FIELDS_MAX = 32
const NO_FIELD = 'no such field'
/** Errors that say that there is no such table or field. */
const NO_PLACE_CODES = ['5D', '33', '35', '36']
/** The place of the FFD version where the register itself tells it. */
const FFD_FIELD = 'field.ffd'

/**
 * Reads a field after making sure by its name that it is the one wanted: first the usual place, then one place after another.
 * Names are remembered, so a search goes on in the next window where this one ended. A place that the register tells needs no
 * name.
 */
export async function readField(window: Window, memo: RegisterMemo, wanted: Wanted): Promise<Asked<Uint8Array>> {
  const table = await tableNumber(window, memo, wanted.table)
  if (table === null) return null
  const told = wanted.table === 'ffd' ? memo.note(FFD_FIELD) : undefined
  if (told !== undefined) return window.ask(COMMANDS.tableField, { table, row: 1, field: Number(told) })
  const others = wanted.table === 'fn' ? Array.from({ length: FIELDS_MAX }, (_, index) => index + 1) : []
  for (const field of [wanted.usual, ...others.filter(other => other !== wanted.usual)]) {
    const name = await fieldName(window, memo, table, field)
    if (name === null) return null
    if (!name.ok) return name
    if (name.value === NO_FIELD && field !== wanted.usual) break
    if (isField(wanted, name.value)) return window.ask(COMMANDS.tableField, { table, row: 1, field })
  }
  return { ok: false, reason: 'this model’s tables have no field of that name', code: null }
}

/** Cash cores write `*ФН: НОМЕР ФН, 1041` (a star for what nobody may edit), some desktop models the tag alone. */
function isField(wanted: Wanted, name: string): boolean {
  const tag = /(?:^|[\s,])(1\d{3})$/.exec(name)?.[1]
  if (tag !== undefined && wanted.tag !== undefined) return Number(tag) === wanted.tag
  return wanted.matches(name.toLowerCase().replace(/^\*?\s*фн:\s*/, ''))
}

/** Number of a table, from the model parameters. */
async function tableNumber(window: Window, memo: RegisterMemo, table: Wanted['table']): Promise<number | null> {
  if (memo.note('table.fn') === undefined) {
    const asked = await window.ask(COMMANDS.modelParameters)
    if (!asked) return null
    const told = asked.ok ? asked.value : null
    // Refused for now, and not for good: the usual places do until it is answered.
    if (!told && !memo.barred(COMMANDS.modelParameters.name)) return USUAL_TABLES[table]
    memo.setNote('table.fn', told?.fnTable ?? USUAL_TABLES.fn)
    memo.setNote('table.ofd', told?.ofdTable ?? USUAL_TABLES.ofd)
    memo.setNote('table.network', told?.networkTable ?? USUAL_TABLES.network)
    memo.setNote('table.ffd', told?.ffdTable ?? USUAL_TABLES.ffd)
    if (told?.ffdTable && told.ffdField) memo.setNote(FFD_FIELD, told.ffdField)
  }
  return Number(memo.note(`table.${table}`))
}

async function fieldName(window: Window, memo: RegisterMemo, table: number, field: number): Promise<Asked<string>> {
  const key = `name.${table}.${field}`
  const remembered = memo.note(key)
  if (remembered !== undefined) return { ok: true, value: String(remembered) }
  const asked = await window.ask(COMMANDS.fieldStructure, { table, field })
  if (!asked) return null
  // An error about this place is an answer about it; any other says nothing of it, and may pass.
  if (!asked.ok && !NO_PLACE_CODES.includes(asked.code ?? '')) return asked
  const name = asked.ok ? asked.value.name : NO_FIELD
  memo.setNote(key, name)
  return { ok: true, value: name }
}

export const fieldText = (bytes: Uint8Array): string => decodeCp1251(bytes)
export { fieldNumber }
