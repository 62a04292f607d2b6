import { directory } from '@tillwatch/shared/api'
import { describe, expect, it } from 'vitest'
import { suggestCode } from '../../suggest-code.ts'
import { directoryOf, draftOf, draftProblems, remarkOn } from './directory-draft.ts'

const known = directory.parse({
  clients: [{ code: 'romashka', name: 'Ромашка' }],
  sites: [
    {
      code: 'tverskaya',
      client: 'romashka',
      name: 'Тверская',
      address: 'Москва, Тверская, 7',
      timezone: 'Europe/Moscow',
      class: 'A',
    },
  ],
  terminals: [{ code: 'kassa-1', site: 'tverskaya', name: 'Касса 1', agent: 'a-17' }],
})

describe('the form of the directory', () => {
  it('opens on what is known and gives it back unchanged', () => {
    const draft = draftOf(known, null, 'kassa-1')
    expect(directoryOf(draft)).toEqual(known)
    expect(draftProblems(draft).size).toBe(0)
  })

  it('leaves out what nobody said instead of saving empty texts', () => {
    const draft = draftOf(known, 'tverskaya', null)
    const file = directoryOf(draft)
    expect(file.terminals).toEqual([])
    expect(file.sites[0]).not.toHaveProperty('hours')
    expect(directory.safeParse(file).success).toBe(true)
  })

  it('names every field that is missing or wrong', () => {
    const empty = draftOf(directory.parse({}), null, null)
    const draft = {
      ...empty,
      withLegal: true,
      legal: { name: 'ООО', inn: '12', kpp: '1' },
      client: { code: '-x', name: 'X' },
    }
    expect(Object.fromEntries(draftProblems(draft))).toEqual({
      'client.code': 'codeWrong',
      'legal.inn': 'innWrong',
      'legal.kpp': 'kppWrong',
      'site.code': 'required',
      'site.name': 'required',
      'site.address': 'required',
    })
  })

  it('tells a mistyped INN by its check digits, of 10 and of 12', () => {
    const empty = draftOf(directory.parse({}), null, null)
    const problemOf = (inn: string) =>
      draftProblems({ ...empty, withLegal: true, legal: { name: 'ООО', inn, kpp: '' } }).get('legal.inn')
    expect(['7709990008', '500100732259'].map(problemOf)).toEqual([undefined, undefined])
    expect(['7709990009', '500100732258', '500100732269'].map(problemOf)).toEqual(Array(3).fill('innMistyped'))
  })

  it('suggests a code that the contract accepts', () => {
    expect(suggestCode('ООО «Ромашка», Тверская 7')).toBe('ооо-ромашка-тверская-7')
    expect(suggestCode('  ')).toBe('')
  })

  it('finds the remark of the server on a field', () => {
    const report = {
      dryRun: true,
      created: [],
      updated: [],
      unchanged: 0,
      gaps: [],
      problems: [{ where: 'sites vkusno-1 hours', message: { ru: 'часы непонятны', en: 'hours unclear' } }],
    }
    expect(remarkOn(report, 'hours')?.ru).toBe('часы непонятны')
    expect(remarkOn(report, 'timezone')).toBeNull()
  })
})
