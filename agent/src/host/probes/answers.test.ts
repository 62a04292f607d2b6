import { factProblem, isFactName, wireItem } from '@tillwatch/shared'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type HostFacts, serviceItem } from '../host-item.ts'
import { lmFacts } from './lm-answers.ts'
import { instanceFacts, instanceLmFacts, listedInstances } from './piot-answers.ts'
import { utmDiagnosisFacts, utmInfoFacts, utmListTotal } from './utm-answers.ts'

const NOW = Date.parse('2026-11-22T09:00:00Z')

/** Fit for the dictionary and for the wire. */
function expectFit(facts: HostFacts | null): void {
  if (!facts) return
  expect(wireItem.safeParse(serviceItem('slot', NOW, facts)).error).toBeUndefined()
  for (const [name, fact] of Object.entries(facts)) {
    expect(isFactName(name), name).toBe(true)
    const value = fact !== null && typeof fact === 'object' && !Array.isArray(fact) ? fact.value : fact
    expect(factProblem(name, value)).toBeNull()
  }
}

const UTM = {
  version: '4.2.0',
  contour: 'prod',
  ownerId: '030000123456',
  rsaError: null,
  checkInfo: null,
  license: false,
  db: { createDate: '2026-02-03 12:15:31.207', ownerId: '030000123456' },
  rsa: { certType: 'RSA', expireDate: '2027-02-03 09:12:44 +0000', isValid: 'valid' },
  gost: {
    certType: 'GOST',
    expireDate: '2027-03-03 09:12:44 +0000',
    isValid: true,
    keyExpireDate: '2027-05-03 09:00:00 +0000',
    isKeyValid: 'valid',
  },
}

test('a healthy UTM tells its certificates', () => {
  const facts = utmInfoFacts(UTM)
  expect(facts).toMatchObject({
    'egais.utm.version': '4.2.0',
    'egais.utm.owner_matches': true,
    'egais.utm.rsa_error': null,
    'egais.utm.rsa_valid': true,
    'egais.utm.rsa_valid_until': '2027-02-03',
    'egais.utm.gost_valid': true,
    'egais.utm.gost_key_valid_until': '2027-05-03',
    'egais.utm.license': false,
    'egais.utm.database_created_at': '2026-02-03T12:15:31',
  })
  expectFit(facts)
})

test.each([
  ['the key of another owner', { db: { ownerId: '030000999999' } }, { 'egais.utm.owner_matches': false }],
  ['no database', { db: undefined }, { 'egais.utm.owner_matches': { value: null, reason: 'not_told' } }],
  ['an error of the key', { rsaError: 'token is gone' }, { 'egais.utm.rsa_error': 'token is gone' }],
  ['an error that is no text', { rsaError: { code: 7 } }, { 'egais.utm.rsa_error': '{"code":7}' }],
  ['a certificate that is over', { rsa: { isValid: 'expired' } }, { 'egais.utm.rsa_valid': false }],
  ['no certificate', { gost: null }, { 'egais.utm.gost_valid': { value: null, reason: 'not_told' } }],
  [
    'an impossible date',
    { rsa: { expireDate: '2027-02-31 00:00:00 +0000' } },
    { 'egais.utm.rsa_valid_until': { value: null, reason: 'unclear_date', raw: '2027-02-31 00:00:00 +0000' } },
  ],
])('a UTM with %s says so', (_what, change, expected) => {
  const facts = utmInfoFacts({ ...UTM, ...change })
  expect(facts).toMatchObject(expected)
  expectFit(facts)
})

test('another program on the port of the UTM is not taken for one', () => {
  for (const json of [undefined, null, [], {}, 'text', { status: 'ok' }, { version: '1.0' }]) {
    expect(utmInfoFacts(json)).toBeNull()
  }
  expect(utmDiagnosisFacts('<html><body>It works!</body></html>')).toBeNull()
  expect(utmDiagnosisFacts('<A><CERTIFICATE><CN> 030000123456 </CN></CERTIFICATE></A>')).toEqual({
    'egais.utm.owner_id': '030000123456',
  })
})

test('documents in a list are told by either name of their number', () => {
  expect(utmListTotal({ total: 12, rows: [] })).toBe(12)
  expect(utmListTotal({ count: 3 })).toBe(3)
  expect(utmListTotal({ rows: [] })).toEqual({ value: null, reason: 'not_told' })
})

const MODULE = {
  status: 'ready',
  operationMode: 'active',
  lastSync: Date.parse('2026-11-22T06:00:00Z'),
  lastUpdate: '2026-11-22T05:00:00Z',
  version: '1.5.1-523',
  inn: '7701234567',
  requiresDownload: false,
}

test('both versions of the local module tell how long they are without their server, and what they hold', () => {
  const first = lmFacts(
    {
      ...MODULE,
      replicationStatus: {
        blocked_cis: { localDocCount: 900, serverDocCount: 1_000, timeLag: 5 },
        blocked_gtin: { localDocCount: 7, serverDocCount: 7, timeLag: 0 },
      },
    },
    NOW,
  )
  expect(first).toMatchObject({
    'chz.lm.status': 'ready',
    'chz.lm.sync_age_hours': 3,
    'chz.lm.last_sync_at': '2026-11-22T06:00:00.000Z',
    'chz.lm.last_update_at': '2026-11-22T05:00:00.000Z',
    'chz.lm.local_documents': 907,
    'chz.lm.server_documents': 1_007,
    'chz.lm.errors': [],
  })
  const counts = { blocked_cis: { docCount: 900 }, min_price: { docCount: 10 } }
  for (const dbState of [counts, { databases: counts }]) {
    const second = lmFacts({ ...MODULE, version: '2.0.1', dbState }, NOW)
    expect(second).toMatchObject({
      'chz.lm.local_documents': 910,
      'chz.lm.server_documents': { value: null, reason: 'not_told' },
    })
    expectFit(second)
  }
  expectFit(first)
})

test('a state and a mode of tomorrow are told by their own words, errors by code and text', () => {
  const facts = lmFacts(
    {
      ...MODULE,
      status: 'hibernating',
      operationMode: 'service',
      errors: [{ code: 12, message: 'disk' }, 'x', {}],
      inn: 'unknown',
      lastSync: 0,
    },
    NOW,
  )
  expect(facts).toMatchObject({
    'chz.lm.status': { value: 'other', raw: 'hibernating' },
    'chz.lm.operation_mode': 'service',
    'chz.lm.errors': ['12: disk', '?', '?'],
    'chz.lm.inn': { value: null, reason: 'not_told' },
    'chz.lm.last_sync_at': { value: null, reason: 'not_told' },
    'chz.lm.sync_age_hours': { value: null, reason: 'not_told' },
  })
  expectFit(facts)
})

test('what would turn a line round, break it or stand for nothing is not shown', () => {
  const sly = 'сбой\u202Eгол\u0007\u001B[2J\u2028нет'
  const shown = 'сбой гол  [2J нет'
  expect(utmInfoFacts({ ...UTM, rsaError: sly })).toMatchObject({ 'egais.utm.rsa_error': shown })
  expect(utmInfoFacts({ ...UTM, checkInfo: '\u0000' })).toMatchObject({ 'egais.utm.check_info': null })
  expect(lmFacts({ ...MODULE, errors: [{ code: 'E\u00071', message: sly }] }, NOW)).toMatchObject({
    'chz.lm.errors': [`E 1: ${shown}`],
  })
})

test('a version that is a number is told all the same', () => {
  expect(lmFacts({ ...MODULE, dbVersion: 2.1 }, NOW)).toMatchObject({ 'chz.lm.database_version': '2.1' })
})

test('of errors without end the first are told', () => {
  const errors = Array.from({ length: 80_000 }, () => ({}))
  expect(lmFacts({ ...MODULE, errors }, NOW)).toMatchObject({ 'chz.lm.errors': Array.from({ length: 16 }, () => '?') })
})

test('of several licences the active one that lasts longest counts', () => {
  const listed = { id: '301234', serviceState: 'Работает' }
  const licences = (...licenses: object[]) => instanceFacts({ licenses }, listed)
  expect(
    licences(
      { isActive: false, activeTill: '2028-01-01T00:00:00Z' },
      { isActive: true, activeTill: '2026-12-01T00:00:00Z' },
      { isActive: true, activeTill: '2027-01-01T00:00:00Z' },
    ),
  ).toMatchObject({ 'chz.piot.licence_active': true, 'chz.piot.licence_until': '2027-01-01' })
  expect(licences({ isActive: false, activeTill: '2026-01-01T00:00:00Z' })).toMatchObject({
    'chz.piot.licence_active': false,
    'chz.piot.licence_until': '2026-01-01',
  })
  expect(licences()).toMatchObject({ 'chz.piot.licence_active': { value: null, reason: 'not_told' } })
})

test('an id that would lead elsewhere in a path is left out', () => {
  const instances = [
    { id: '..' },
    { id: '../../v1/init' },
    { id: 'a/b' },
    { id: 'x'.repeat(41) },
    { id: '000301234' },
    null,
  ]
  expect(listedInstances({ instances })).toEqual([{ id: '000301234' }])
})

/** Objects with the names that a service uses, and anything under them. */
const shaped = (names: readonly string[]) =>
  fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.anything(), fc.jsonValue(), fc.string(), fc.double()))

const UTM_NAMES = [...Object.keys(UTM)]
const MODULE_NAMES = [...Object.keys(MODULE), 'dbVersion', 'name', 'inst', 'replicationStatus', 'dbState', 'errors']
const INSTANCE_NAMES = ['state', 'version', 'licenses', 'regData', 'lmStatus', 'instances']

test('whatever a service answers, the facts are fit or there are none, and nothing throws', () => {
  fc.assert(fc.property(shaped(UTM_NAMES), json => expectFit(utmInfoFacts({ ownerId: 'x', ...json }))))
  fc.assert(fc.property(shaped(MODULE_NAMES), json => expectFit(lmFacts({ status: 'ready', ...json }, NOW))))
  fc.assert(
    fc.property(shaped(INSTANCE_NAMES), json => {
      expectFit(instanceFacts(json, { id: '1' }))
      expectFit(instanceLmFacts(json, NOW))
      listedInstances(json)
    }),
  )
  fc.assert(fc.property(fc.string(), text => expectFit(utmDiagnosisFacts(`<CERTIFICATE>${text}</CERTIFICATE>`))))
  fc.assert(fc.property(fc.anything(), json => expectFit(utmInfoFacts(json))))
})

test('R6: a secret of the register never leaves the answer', () => {
  fc.assert(
    fc.property(fc.uuid(), token => {
      const facts = instanceFacts({ regData: { kktSerial: '1', espToken: token }, espToken: token }, { id: '1' })
      expect(JSON.stringify(facts)).not.toContain(token)
    }),
  )
})
