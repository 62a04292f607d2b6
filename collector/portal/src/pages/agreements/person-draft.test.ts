import { describe, expect, it } from 'vitest'
import { checkPerson, formOf, freeCode, type Person } from './person-draft.ts'

const PERSON: Person = {
  ...{ code: 'olga', role: 'head', name: 'Ольга', email: 'olga@example.test', timezone: 'Europe/Moscow' },
  ...{ language: 'ru', clientName: 'Кафе', scope: { kind: 'contract', contract: '17' } },
}

describe('the form of somebody who is told', () => {
  it('asks for what it was given when nothing is changed', () => {
    const { clientName: _, ...draft } = PERSON
    expect(checkPerson(formOf(PERSON)).draft).toEqual(draft)
  })

  it('says what is missing or wrong, by field', () => {
    const form = { ...formOf('duty'), code: 'duty' }
    expect(Object.fromEntries(checkPerson(form).faults)).toEqual({ name: 'required', email: 'required' })
    const wrong = { ...form, name: 'Дежурные', email: 'duty', scope: 'client' as const }
    expect(Object.fromEntries(checkPerson(wrong).faults)).toEqual({ email: 'emailWrong', scope: 'required' })
  })

  it('finds a short name that nobody has', () => {
    expect(freeCode('Ольга Ким', [])).toBe('ольга-ким')
    expect(freeCode('Ольга Ким', ['ольга-ким', 'ольга-ким-2'])).toBe('ольга-ким-3')
    expect(freeCode('!!!', [])).toBe('contact')
  })
})
