import { createPrivateKey, X509Certificate } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseConfig } from '../config.ts'
import { certificateNames, openAuthority } from './authority.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tillwatch-authority-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

let count = 0
const open = (names: readonly string[] = []) => openAuthority(join(dir, 'tls'), names, () => `seed-${count++}`)

test('the certificate serves the configured names from 2000 to 2100, signed by the own authority', async () => {
  const tls = await open(['tills.example.ru', '10.0.0.7'])
  const cert = new X509Certificate(tls.cert)
  for (const name of ['tills.example.ru', 'localhost']) expect(cert.checkHost(name)).toBe(name)
  for (const address of ['10.0.0.7', '127.0.0.1']) expect(cert.checkIP(address)).toBe(address)
  expect(cert.verify(new X509Certificate(tls.ca).publicKey)).toBe(true)
  expect([cert.validFromDate.getUTCFullYear(), cert.validToDate.getUTCFullYear()]).toEqual([2000, 2100])
})

test('keys are made once, readable by their owner alone; new names change the server certificate, never the authority', async () => {
  const first = await open()
  const second = await open()
  expect(second).toEqual(first)
  expect(statSync(join(dir, 'tls', 'ca.key')).mode & 0o777).toBe(0o600)
  expect(statSync(join(dir, 'tls', 'server.key')).mode & 0o777).toBe(0o600)
  const renamed = await open(['other.example.ru'])
  expect(renamed.ca).toBe(first.ca)
  expect(renamed.cert).not.toBe(first.cert)
})

test('an authority without its key is told, not replaced: replacing it would lock every agent out', async () => {
  await open()
  rmSync(join(dir, 'tls', 'ca.key'))
  await expect(open()).rejects.toMatchObject({ code: 'tls.damaged' })
})

test('an authority and a key of another one are told: agents would refuse what it signs', async () => {
  await open()
  const first = join(dir, 'tls', 'ca.key')
  await openAuthority(join(dir, 'other'), [], () => 'another')
  copyFileSync(join(dir, 'other', 'ca.key'), first)
  await expect(open(['new.example.ru'])).rejects.toMatchObject({ code: 'tls.damaged' })
})

test('a collector and a command that start together have one authority', async () => {
  const [one, other] = await Promise.all([open(), open()])
  expect(one.ca).toBe(other.ca)
  for (const { key, cert, ca } of [one, other, await open()]) {
    expect(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))).toBe(true)
    expect(new X509Certificate(cert).verify(new X509Certificate(ca).publicKey)).toBe(true)
  }
})

test('an IPv6 address does not cost a new certificate at every start', async () => {
  const first = await open(['::1', 'Tills.Example.ru'])
  expect((await open(['::1', 'Tills.Example.ru'])).cert).toBe(first.cert)
})

test('the certificate is for every name by which an identity file may call the broker', () => {
  const names = (text: string) => certificateNames(parseConfig(`broker: ${text}`, 'collector.yaml', dir).broker)
  expect(names('{ public_url: "mqtts://tills.example.ru:8883", listen: "10.0.0.5:8883" }')).toEqual([
    'tills.example.ru',
    '10.0.0.5',
  ])
  expect(names('{ listen: "0.0.0.0:8883", tls: { names: [кассы.рф] } }')).toEqual(['xn--80atwa4c.xn--p1ai'])
  expect(names('{ listen: "[::]:8883" }')).toEqual([])
})
