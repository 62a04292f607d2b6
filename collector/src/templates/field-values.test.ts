import { describe, expect, it } from 'vitest'
import { readRoutes } from '../routing/route-book.ts'
import { placementsIn } from '../routing/route-keeper.ts'
import { filledFields } from './field-values.ts'
import { sampleRecord } from './sample-record.ts'

const DESKS = [{ name: 'support', tenants: ['main'] }]
const read = (value: string) =>
  readRoutes(
    [
      {
        file: 'routes.yaml',
        text: `routes:\n  - name: all\n    desk: support\n    place: { fields: { "12": '${value}', kind: ККТ } }`,
      },
    ],
    DESKS,
  )

describe('R27: values of fields that are taken from the incident', () => {
  it('are filled in; what needs no filling stays as it is, and what nobody knows is left out', () => {
    const fields = { '12': '{{ component }} / {{ priority_level }}', kind: 'ККТ', access: '{{ access }}' }
    expect(filledFields(fields, () => sampleRecord('ru'))).toEqual({ '12': 'обмен с ОФД / 2', kind: 'ККТ' })
    expect(filledFields(fields, () => sampleRecord('en'))['12']).toBe('exchange with the OFD / 2')
  })

  it('cost no ticket: one that does not suit the incident is left out', () => {
    expect(filledFields({ a: '{{ gaps[9].text }}', b: 'x' }, () => sampleRecord('ru'))).toEqual({ b: 'x' })
  })

  it('nothing is read of the incident where nothing is taken from it', () => {
    const fields = { kind: 'ККТ' }
    const never = () => {
      throw new Error('not asked for')
    }
    expect(filledFields(fields, never)).toBe(fields)
  })

  it('a wrong one is refused with its line when the routes are read', () => {
    expect(read('{{ componnt }}').problems).toMatchObject([
      { line: 4, reason: 'there is no field “componnt”; there are: component' },
    ])
    expect(read('{{ component').problems).toMatchObject([{ line: 4, reason: expect.stringContaining('not closed') }])
  })

  it('a desk is asked beforehand only about what is the same for every incident', () => {
    const routes = read('{{ component }}').book?.routes.get('main') ?? []
    const [place] = placementsIn({ tenants: [{ tenantId: 'main', routes }] }, 'main', 'support')
    expect(place?.fields).toEqual({ kind: 'ККТ' })
  })
})
