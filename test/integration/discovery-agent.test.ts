import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@tillwatch/shared'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { createRegister } from '../simulators/register.ts'
import { serveTcp } from '../simulators/serve-tcp.ts'
import { type Child, startNode } from '../stack/child-process.ts'
import { eventually } from '../stack/eventually.ts'

let dir: string
let agent: Child | null = null
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'discovery-agent-'))
})
afterEach(async () => {
  await agent?.stop()
  agent = null
  rmSync(dir, { recursive: true })
})

const at = (name: string) => join(dir, name)

/** An agent whose configuration says nothing of registers, and what an earlier search has found. */
function startAgent(port: string) {
  const identity = {
    version: 1,
    url: 'mqtts://127.0.0.1:1',
    agent: 'till-0001',
    secret: 'S'.repeat(43),
    ca: '-----BEGIN CERTIFICATE-----\n',
  }
  writeFileSync(at('identity.json'), JSON.stringify(identity), { mode: 0o600 })
  writeFileSync(
    at('agent.yaml'),
    stringify({ identity: 'identity.json', data_dir: 'data', discovery: { never: ['/dev/ttyS0'] } }),
  )
  mkdirSync(at('data'))
  const found = {
    version: 1,
    searched_at: new Date(systemClock.now()).toISOString(),
    ports: [],
    registers: [
      {
        slot: 'kkt-1',
        serial: '0000000000301234',
        fn_serial: '9960440300112233',
        model: 'ШТРИХ-ЛАЙТ-01Ф',
        ways: [{ driver: 'shtrih-m', variant: 1, port, baud: null, usb: null, rank: 1 }],
      },
    ],
  }
  writeFileSync(at('data/registers.json'), JSON.stringify(found))
  return startNode(['agent/src/main.ts', 'run', '--config', at('agent.yaml')])
}

test('an agent that is told of no registers polls those that it has found before, and stops in time', async () => {
  const register = createRegister({ protocol: 'shtrih-m', clock: systemClock })
  const port = await serveTcp(register, 'tcp://127.0.0.1:0', systemClock)
  agent = startAgent(port.address)
  await eventually('the register is polled', () => register.log.length > 5)
  expect(await agent.stop()).toBe(0)
  register.assertReadOnly()
  expect(JSON.parse(readFileSync(at('data/registers.json'), 'utf8')).registers).toMatchObject([{ slot: 'kkt-1' }])
  await port.close()
})
