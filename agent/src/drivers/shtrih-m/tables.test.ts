import { expect, test } from 'vitest'
import type { Window } from '../kit/window.ts'
import { RegisterMemo } from '../memo.ts'
import { COMMANDS } from './commands.ts'
import { readField, WANTED } from './tables.ts'

const PLACES = { fnTable: 13, ofdTable: 14, networkTable: 16, ffdTable: 10, ffdField: 29 }

/** A window onto a register whose fields have these names, `table/field`. While it `refuses`, it answers everything by that error. */
function windowOnto(names: Record<string, string>, places: Partial<typeof PLACES> | null, refuses = () => '') {
  return {
    async ask(command: unknown, args: { table: number; row?: number; field: number }) {
      if (refuses()) return { ok: false, reason: 'not now', code: refuses() }
      if (command === COMMANDS.modelParameters) {
        const none = { fnTable: null, ofdTable: null, networkTable: null, ffdTable: null, ffdField: null }
        return places ? { ok: true, value: { ...none, ...places } } : { ok: false, reason: 'unsupported', code: '37' }
      }
      const place = `${args.table}/${args.field}`
      if (command === COMMANDS.tableField) return { ok: true, value: place }
      const name = names[place]
      return name === undefined ? { ok: false, reason: 'no', code: '33' } : { ok: true, value: { name } }
    },
  } as unknown as Window
}

/** The place that was read for each wanted field. */
async function placesOf(names: Record<string, string>, places: Partial<typeof PLACES> | null = PLACES) {
  const window = windowOnto(names, places)
  const memo = new RegisterMemo()
  const read = async (wanted: keyof typeof WANTED) => {
    const asked = await readField(window, memo, WANTED[wanted])
    return asked?.ok ? asked.value : null
  }
  const found = Object.keys(WANTED) as (keyof typeof WANTED)[]
  return Object.fromEntries(await Promise.all(found.map(async wanted => [wanted, await read(wanted)] as const)))
}

test('a cash core: numbers from the register, names that end in tags, another order', async () => {
  const places = await placesOf({
    '13/1': '*ФН: ЗАВОДСКОЙ НОМЕР ККТ, 1013',
    '13/2': '*ФН: РЕГИСТРАЦИОННЫЙ НОМЕР ККТ, 1037',
    '13/3': '*ФН: ИНН ПОЛЬЗОВАТЕЛЯ, 1018',
    '13/4': '*ФН: НОМЕР ФН, 1041',
    '13/5': 'ФН: ИНН ОФД, 1017',
    '13/6': 'ФН: НАИМЕНОВАНИЕ ОФД, 1046',
    '14/1': 'СЕРВЕР',
    '14/2': 'ПОРТ',
    '16/2': 'СЕРВЕР TCP',
  })
  expect(places).toEqual({
    serial: '13/1',
    registrationNumber: '13/2',
    inn: '13/3',
    ofdInn: '13/5',
    ofdName: '13/6',
    ofdHost: '14/1',
    ofdPort: '14/2',
    ofdChannel: null,
    ffd: '10/29',
  })
})

test('a desktop model that tells no numbers, and names fields by tag alone or in words', async () => {
  const places = await placesOf(
    {
      '18/1': '1013',
      '18/2': '1018',
      '18/3': 'РНМ',
      '18/10': '1046',
      '18/12': '1017',
      '19/1': 'Сервер',
      '19/2': 'Порт',
      '21/2': 'Обмен с ОФД средствами ККТ',
      '17/17': 'Формат ФД',
    },
    null,
  )
  expect(places).toEqual({
    serial: '18/1',
    registrationNumber: '18/3',
    inn: '18/2',
    ofdInn: '18/12',
    ofdName: '18/10',
    ofdHost: '19/1',
    ofdPort: '19/2',
    ofdChannel: '21/2',
    ffd: '17/17',
  })
})

test('a field whose name says something else is not read in its usual place', async () => {
  const places = await placesOf({ '18/1': 'Заводской номер ФН', '18/2': 'ИНН кассира', '19/2': 'Таймаут' }, null)
  expect(Object.values(places).filter(Boolean)).toEqual([])
})

test('what a register refuses for the moment is not remembered as missing', async () => {
  let error = '73'
  const window = windowOnto({ '13/1': '1013' }, PLACES, () => error)
  const memo = new RegisterMemo()
  expect(await readField(window, memo, WANTED.serial)).toMatchObject({ ok: false, reason: 'not now' })
  error = ''
  expect(await readField(window, memo, WANTED.serial)).toEqual({ ok: true, value: '13/1' })
})
