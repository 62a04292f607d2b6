import { afterEach, beforeEach, expect, it } from 'vitest'
import { isQuiet, isWorthProposing, USUAL_PROPOSALS } from './proposal.ts'
import { createProblemWorld, DAY, HOUR, NOW, type ProblemWorld } from './testing/problem-world.ts'

const registers = [1, 2, 3, 4, 5, 6].map(serial => `register:main:${serial}`)
const [ONE = '', TWO = ''] = registers
const ofd = { 'fiscal.register.ofd_name': 'ОФД 1' }

let world: ProblemWorld
beforeEach(() => {
  world = createProblemWorld()
})
afterEach(() => world.stop())

/** Silent computers, which time alone makes, have proposals of their own. */
const problems = () => world.rows(`SELECT * FROM problems WHERE signature_key LIKE '["ofd"%' ORDER BY number`)
const links = () =>
  problems().flatMap(({ id }) => world.rows('SELECT * FROM problem_incidents WHERE problem_id = ?', String(id)))
/** An incident that is over within the day; the next one comes after the reopen window. Its PC is heard of before: silence would explain it. */
const episode = async (register: string, at: number, facts = ofd) => {
  await world.recover([register], at - 3 * HOUR)
  await world.fail([register], at, facts)
  await world.recover([register], at + HOUR)
}

it.each([
  [{ onItem: 2, items: 4 }, false],
  [{ onItem: 3, items: 1 }, true],
  [{ onItem: 1, items: 5 }, true],
])('R97: %j reaches a threshold: %s', (seen, worth) => {
  expect(isWorthProposing(seen, USUAL_PROPOSALS)).toBe(worth)
})

it('domain 18.49: a rejected proposal stays quiet for 30 days or until its count doubles', () => {
  const rejected = { at: NOW, count: 3 }
  expect(isQuiet(rejected, 5, USUAL_PROPOSALS, NOW + 30 * DAY - 1)).toBe(true)
  expect(isQuiet(rejected, 5, USUAL_PROPOSALS, NOW + 30 * DAY)).toBe(false)
  expect(isQuiet(rejected, 6, USUAL_PROPOSALS, NOW + DAY)).toBe(false)
})

it('R97: the third incident of one signature on one register within 30 days proposes a problem, once', async () => {
  await episode(ONE, NOW)
  await episode(ONE, NOW + 5 * DAY)
  expect(problems()).toEqual([])
  await episode(ONE, NOW + 10 * DAY)
  await world.tick(NOW + 12 * DAY)
  expect(problems()).toMatchObject([
    { status: 'proposed', origin: 'proposal', client_id: 'main-a', title_ru: expect.stringContaining('Повторяется: ') },
  ])
  expect(links()).toHaveLength(3)
  await episode(ONE, NOW + 15 * DAY)
  expect(problems()).toHaveLength(1)
  expect(links()).toHaveLength(4)
})

it('R97: older than 30 days counts no more', async () => {
  for (const day of [0, 20, 31]) await episode(ONE, NOW + day * DAY)
  await world.tick(NOW + 33 * DAY)
  expect(problems()).toEqual([])
})

it('R97: the fifth register within 7 days proposes a problem of the product; another OFD is another signature', async () => {
  for (const [day, register] of registers.slice(0, 4).entries()) await world.fail([register], NOW + day * DAY, ofd)
  await world.fail([registers[4] ?? ''], NOW + 3 * DAY, { 'fiscal.register.ofd_name': 'ОФД 2' })
  await world.tick(NOW + 5 * DAY - 1)
  expect(problems()).toEqual([])
  await world.fail([registers[5] ?? ''], NOW + 5 * DAY, ofd)
  await world.tick(NOW + 7 * DAY)
  expect(problems()).toMatchObject([{ status: 'proposed', client_id: null }])
  expect(JSON.parse(String(problems()[0]?.['signature_json']))).toMatchObject({ causeClass: 'ofd', ofd: 'ОФД 1' })
  expect(links()).toHaveLength(5)
})

it('domain 18.49: a return reopens its incident and is no occurrence', async () => {
  for (const day of [0, 2, 4, 6]) await episode(ONE, NOW + day * DAY)
  await world.tick(NOW + 8 * DAY)
  expect(world.rows(`SELECT count(*) AS n FROM incidents WHERE cause_class = 'ofd'`)).toEqual([{ n: 1 }])
  expect(problems()).toEqual([])
})

it('domain 18.49: an outage proposes nothing before its mass incident has gathered it, nor after', async () => {
  await world.recover(registers, NOW - 2 * HOUR)
  await world.fail(registers, NOW, ofd)
  expect(problems()).toEqual([])
  await world.tick(NOW + 60_000)
  expect(world.rows(`SELECT count(*) AS n FROM incidents WHERE parent_id IS NOT NULL`)).toEqual([{ n: 6 }])
  await world.tick(NOW + 2 * DAY)
  expect(problems()).toEqual([])
})

it('domain 18.49: children of a mass incident, and what people called off, are no occurrences', async () => {
  await world.fail([TWO], NOW, ofd)
  const parent = world.incident(TWO).id
  for (const register of registers.slice(2)) {
    await world.fail([register], NOW, ofd)
    world.database.prepare('UPDATE incidents SET parent_id = ? WHERE item_id = ?').run(parent, register)
  }
  await world.fail([ONE], NOW + HOUR, ofd)
  await world.tick(NOW + 2 * DAY)
  expect(problems()).toEqual([])
  world.database.exec(`UPDATE incidents SET parent_id = NULL, resolution = 'rejected'`)
  await episode(ONE, NOW + 5 * DAY)
  await world.tick(NOW + 7 * DAY)
  expect(problems()).toEqual([])
})

it('domain 18.49: after a rejection the same signature is proposed again when its count has doubled', async () => {
  for (const day of [0, 4, 8]) await episode(ONE, NOW + day * DAY)
  await world.tick(NOW + 10 * DAY)
  const id = String(problems()[0]?.['id'])
  const reject = { action: 'move', status: 'rejected', reason: 'обрыв кабеля' } as const
  await world.part.problems.act('main', id, reject, 'Анна', NOW + 10 * DAY)
  expect(problems()).toMatchObject([{ status: 'rejected', rejected_count: 3 }])
  for (const day of [12, 16]) await episode(ONE, NOW + day * DAY)
  expect(problems()).toHaveLength(1)
  await episode(ONE, NOW + 20 * DAY)
  await world.tick(NOW + 22 * DAY)
  expect(problems()).toMatchObject([{ status: 'rejected' }, { status: 'proposed' }])
})

it('R97, R100: incidents from before anybody looked count after the next start', async () => {
  world.stop()
  world = createProblemWorld({ proposals: { ...USUAL_PROPOSALS, items: 2 } })
  await world.fail([ONE], NOW, ofd)
  world.database.exec('DELETE FROM incident_faces')
  world.restart()
  await world.fail([TWO], NOW + 2 * DAY, ofd)
  await world.tick(NOW + 4 * DAY)
  expect(problems()).toHaveLength(1)
  expect(links()).toHaveLength(2)
})

it('takes the thresholds from the settings', async () => {
  world.stop()
  world = createProblemWorld({ proposals: { ...USUAL_PROPOSALS, items: 2 } })
  await world.fail([ONE, TWO], NOW, ofd)
  await world.tick(NOW + 2 * DAY)
  expect(problems()).toHaveLength(1)
})

it('counts each tenant for itself', async () => {
  await world.fail([ONE, TWO, ...registers.slice(2, 4), 'register:other:1', 'register:other:2'], NOW, ofd)
  await world.tick(NOW + 2 * DAY)
  expect(problems()).toEqual([])
})
