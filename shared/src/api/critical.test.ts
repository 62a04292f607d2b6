import { expect, it } from 'vitest'
import { criticalSettings } from './critical.ts'

const usual = { blockingMinutes: 60, siteStoppedMinutes: 5, markedPriority: 2 }
const settings = (...codes: string[]) => ({ usual, clients: codes.map(code => ({ ...usual, code })) })

it('R85: a client has one set of criteria', () => {
  expect(criticalSettings.safeParse(settings('one', 'two')).success).toBe(true)
  const twice = criticalSettings.safeParse(settings('one', ' one'))
  expect(twice.error?.issues[0]).toMatchObject({ path: ['clients'], message: 'a client is named twice' })
})
