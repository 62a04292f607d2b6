import { seededIds } from '@tillwatch/collector/reads/testing/seeded-fleet'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createHttpWorld, type HttpWorld } from './http-world.ts'

let world: HttpWorld
beforeEach(async () => {
  world = await createHttpWorld({ registers: 2 })
})
afterEach(() => world.stop())

const { agentId, itemId } = seededIds('main', 0)
const address = (id: string) => `/api/items/${encodeURIComponent(id)}/accepted`
const ffd = { fact: 'fiscal.register.ffd' }

it('R13: whoever is signed in accepts a setting under his own name; viewers and other tenants cannot', async () => {
  const viewer = await world.signIn('vera', 'viewer')
  const support = await world.signIn('boris', 'support')
  expect((await viewer.send('POST', address(itemId), ffd)).statusCode).toBe(403)
  expect((await support.send('POST', address(seededIds('other', 0).itemId), ffd)).statusCode).toBe(404)
  const wrong = await support.send('POST', address(itemId), { fact: 'fiscal.register.model' })
  expect([wrong.statusCode, wrong.json().code]).toEqual([409, 'setting.unknown'])
  expect((await support.send('POST', address(itemId), { ...ffd, by: 'anna' })).statusCode).toBe(204)
  const { changes } = (await viewer.get(`/api/terminals/${agentId}`)).json()
  expect(changes).toContainEqual({
    ...{ itemId, fact: 'config.accepted', value: [ffd.fact, '1.2', 'boris'] },
    at: new Date(world.clock.now()).toISOString(),
  })
  const daily = (await viewer.get('/api/daily')).json()
  expect(daily.totals.registers).toBe(daily.totals.checked + daily.uncheckedTotal)
  expect((await viewer.get('/api/launches')).statusCode).toBe(200)
})
