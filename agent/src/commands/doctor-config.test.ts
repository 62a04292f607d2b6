import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { shownConfig } from './doctor-config.ts'

const dir = mkdtempSync(join(tmpdir(), 'doctor-config-'))
afterAll(() => rmSync(dir, { recursive: true }))

function shown(text: string) {
  const file = join(dir, 'agent.yaml')
  writeFileSync(file, text)
  return shownConfig(file, null)
}

test('what an engineer needs is shown as it stands there', () => {
  const { text } = shown('data_dir: data\nregisters:\n  - { slot: front, driver: pirit, port: COM3, baud: 57600 }\n')
  for (const word of ['data_dir: data', 'slot: front', 'driver: pirit', 'port: COM3', 'baud: 57600'])
    expect(text).toContain(word)
})

const WORD = 'Zx9-geheim'
test.each([
  ['a password', `registers: [{ slot: a, passwords: { operator: 771234, link: ${WORD} } }]`],
  ['a password of a way beside it', `registers: [{ also: [{ passwords: { password: ${WORD} } }] }]`],
  ['a password of a service', `host: { chz_lm: { password: ${WORD} } }`],
  ['a misspelt key', `registers: [{ slot: a, pasword: ${WORD} }]`],
  ['a key in Russian', `registers: [{ slot: a, пароль: ${WORD} }]`],
  ['a list under an unknown key', `mqtt: [{ login: root, pin: ${WORD} }]`],
  ['a secret as a key', `registers: { ${WORD}: 1 }`],
  ['an address with a password', `host: { egais_utm: { addresses: ["http://admin:${WORD}@localhost:8080"] } }`],
  ['an address with a password of any signs', `discovery: { never: ["http://admin:p ${WORD}/@x@localhost"] }`],
  ['a file that is not YAML', `passwords: { link: ${WORD}`],
])('%s is not shown', (_title, text) => {
  expect(shown(text).text).not.toMatch(/Zx9|771234/)
})

test('words that must not be shown elsewhere are known', () => {
  const { secrets } = shown(
    `registers: [{ passwords: { link: ABCD, operator: 30, administrator: 771234 } }]\nmystery: ${WORD}`,
  )
  expect(new Set(secrets)).toEqual(new Set(['771234', 'ABCD', WORD]))
})

test('no file, a file that is none, any text: nothing fails', () => {
  expect(shownConfig(undefined, null).secrets).toEqual([])
  expect(shownConfig(dir, null).text).toContain('не читается')
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), text => void shown(text)),
    { numRuns: 100 },
  )
})

test('under any key that the agent does not know nothing is shown, however deep', () => {
  const key = fc
    .stringMatching(/^[a-z]{3,8}$/)
    .filter(name => !['registers', 'host', 'also', 'never', 'level', 'slot', 'port', 'mode'].includes(name))
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), keys => {
      const value = keys.reduceRight<unknown>((inner, name) => ({ [`x${name}`]: inner }), WORD)
      expect(shown(stringify({ registers: [value] })).text).not.toContain(WORD)
    }),
    { numRuns: 50 },
  )
})
