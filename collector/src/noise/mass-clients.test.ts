import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HEALTHY, HOUR, MINUTE, NoiseFleet, QUEUE } from './testing/noise-fleet.ts'

let fleet: NoiseFleet
beforeEach(() => {
  fleet = new NoiseFleet()
})
afterEach(() => fleet.close())

/** A client of `main` with one shop, its tills and its contact. */
async function client(code: string, tills: readonly string[], tenant = 'main'): Promise<void> {
  fleet.database.prepare('INSERT INTO clients (id, tenant_id, code, name) VALUES (?1, ?2, ?1, ?1)').run(code, tenant)
  fleet.site(code, { tenant, client: code })
  fleet.database
    .prepare(
      `INSERT INTO responsibles (id, tenant_id, code, role, contract, client_id, name, email, timezone, language)
       VALUES (?1, ?2, ?1, 'client_contact', NULL, ?1, ?1, ?1 || '@example.test', 'Europe/Moscow', 'ru')`,
    )
    .run(code, tenant)
  for (const till of tills) {
    fleet.till(till, { site: code, tenant })
    await fleet.say(till, HEALTHY, { tenant })
  }
}
const queueAt = async (...tills: readonly string[]) => {
  for (const till of tills) await fleet.say(till, QUEUE)
}
const parentId = () => fleet.rows<{ id: string }>(`SELECT id FROM incidents WHERE item_id LIKE 'mass:%'`)[0]?.id ?? ''
const toldOfMass = () =>
  fleet.rows<{ email: string; subject: string; body: string }>(
    `SELECT email, subject, body FROM notices WHERE role = 'client_contact' AND incident_id = ? ORDER BY id`,
    parentId(),
  )

describe('what clients hear of a mass incident (R79, R86, domain 18.37, 18.40)', () => {
  it('each client with something below it is told once, of his own sites alone', async () => {
    await client('bakery', ['a', 'b', 'c'])
    await client('chemist', ['d', 'e'])
    await client('calm', ['x'])
    await queueAt('a', 'b', 'c', 'd', 'e')
    await fleet.pass(3 * MINUTE)
    const told = toldOfMass()
    expect(told.map(({ email }) => email).sort((a = '', b = '') => a.localeCompare(b))).toEqual([
      'bakery@example.test',
      'chemist@example.test',
    ])
    const [bakery, chemist] = ['bakery', 'chemist'].map(code => told.find(({ email }) => email.startsWith(code)))
    expect(bakery?.subject).toMatch(/Общий сбой: .*ОФД Платформа \(7704358518\); у вас 3 кассы/)
    expect(bakery?.body).toContain('У вас: Объект bakery: 3.')
    expect(chemist?.body).toContain('У вас: Объект chemist: 2.')
    for (const [text, foreign] of [
      [`${bakery?.subject}${bakery?.body}`, 'chemist'],
      [`${chemist?.subject}${chemist?.body}`, 'bakery'],
    ] as const) {
      expect(text).not.toContain(foreign)
      expect(text).not.toMatch(/\b5\b/)
    }
  })

  it('a client that comes under it later is told at once, and every one is told of its end', async () => {
    await client('bakery', ['a', 'b', 'c'])
    await client('cafe', ['d', 'e'])
    await client('chemist', ['f'])
    const emails = () => toldOfMass().map(({ email }) => email.split('@')[0])
    await queueAt('a', 'b', 'c', 'd', 'e')
    await fleet.pass(10 * MINUTE)
    expect(emails()).toEqual(['bakery', 'cafe'])
    await queueAt('f')
    await fleet.pass(MINUTE)
    expect(emails()).toEqual(['bakery', 'cafe', 'chemist'])
    for (const till of ['a', 'b', 'c', 'd', 'e', 'f']) await fleet.say(till, HEALTHY)
    await fleet.pass(4 * HOUR)
    const ends = toldOfMass().filter(({ body }) => body.startsWith('Решено.'))
    expect(ends.map(({ email }) => email.split('@')[0]).sort((a = '', b = '') => a.localeCompare(b))).toEqual([
      'bakery',
      'cafe',
      'chemist',
    ])
    expect(ends.find(({ email }) => email.startsWith('chemist'))?.body).not.toMatch(/bakery|cafe/)
  })

  it('tenants are sealed: the parent of one is no word to the clients of another', async () => {
    await client('bakery', ['a', 'b', 'c', 'd', 'e'])
    await client('foreign', ['z'], 'other')
    await queueAt('a', 'b', 'c', 'd', 'e')
    await fleet.say('z', QUEUE, { tenant: 'other' })
    await fleet.pass(3 * MINUTE)
    expect(toldOfMass().map(({ email }) => email)).toEqual(['bakery@example.test'])
  })
})
