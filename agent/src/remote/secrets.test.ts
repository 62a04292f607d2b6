import { expect, test } from 'vitest'
import { agentConfig } from '../config.ts'
import { secretsOf } from './secrets.ts'

test('every password of every way to a register is known as a secret, as are those of services and the agent’s own', () => {
  const source = { driver: 'atol-web', port: 'http://127.0.0.1:16732' }
  const config = agentConfig.parse({
    ...{ identity: 'identity.json', data_dir: 'data', host: { chz_lm: { password: 'local-module' } } },
    registers: [
      {
        ...{ slot: 'front', driver: 'pirit', port: 'COM3', passwords: { link: 'X7q_' } },
        also: [{ ...source, passwords: { user: 'till', password: 'fallback-way' } }],
      },
      { slot: 'bar', driver: 'shtrih-m', port: 'COM4', passwords: { administrator: 77123456 } },
    ],
  })
  const identity = { version: 1 as const, url: '', agent: '', secret: 'own-secret', ca: '' }
  expect(secretsOf(config, { identity })).toEqual(
    expect.arrayContaining(['own-secret', 'local-module', 'X7q_', 'fallback-way', '77123456']),
  )
  expect(secretsOf({ ...config, registers: 'auto' }, { identity })).toEqual(['own-secret', 'local-module'])
})
