import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type Placement, type ProbeStep, USUAL_PLACE } from '../connectors/connector.ts'
import { deskConfigs } from '../connectors/desk-config.ts'
import { createDesks } from '../connectors/registry.ts'
import { createDeskProbes } from './desk-probes.ts'
import { createDeskProblems } from './desk-problems.ts'

const fine: ProbeStep = { name: 'key field', ok: true, message: 'is there' }
const wrong: ProbeStep = { name: 'key field', ok: false, message: 'tick “Used as a filter”' }
const place: Placement = { ...USUAL_PLACE, project: 'Сеть «Пекарня»' }

let clock: ManualClock
let answer: readonly ProbeStep[]
let asked: (readonly Placement[])[]
let problems: ReturnType<typeof createDeskProblems>

beforeEach(() => {
  clock = new ManualClock()
  answer = [fine]
  asked = []
  problems = createDeskProblems()
})

const probing = (
  probe = async (_signal: AbortSignal, places: readonly Placement[] = []) => {
    asked.push(places)
    return answer
  },
) => {
  const log = recordingLogger()
  const connector = { name: 'support', probe } as never
  const desks = [{ connector, tenants: ['own', 'other'], pace: { lull: async () => {} } as never }]
  return { log, probes: createDeskProbes({ desks, placesOf: async () => [place], problems, clock, log }) }
}
const looks = (count: number) => vi.waitFor(() => expect(asked.length).toBe(count))

describe('whether desks fit their settings', () => {
  it('is looked at as the collector starts, with every place of the routes once', async () => {
    const { probes } = probing()
    await probes.start()
    await looks(1)
    await probes.stop()
    expect(asked).toEqual([[place]])
    expect(problems.all()).toEqual([])
  })

  it('what is wrong is known in words until a later look finds it put right', async () => {
    answer = [wrong, fine]
    const { probes, log } = probing()
    await probes.start()
    await vi.waitFor(() =>
      expect(problems.all()).toEqual([{ desk: 'support', problem: `key field: ${wrong.message}` }]),
    )
    answer = [fine]
    await vi.waitFor(async () => {
      await clock.advance(60_000)
      expect(problems.all()).toEqual([])
    })
    await probes.stop()
    expect(log.lines).toHaveLength(2)
  })

  it('a secret that is not there and an address that may not be called are known, and in the log, at the start', async () => {
    const settings = (name: string, url: string, secret: object) => ({
      ...{ kind: 'redmine', name, url, secret, project: 'tills', tracker: 'Bug', key_field: 7 },
    })
    const desks = createDesks(
      deskConfigs.parse([
        settings('support', 'https://desk.example.test', { file: '/none/such/secret' }),
        settings('inside', 'http://127.0.0.1:9', { env: 'PATH' }),
      ]),
      clock,
    )
    const log = recordingLogger()
    const probes = createDeskProbes({ desks, placesOf: async () => [], problems, clock, log })
    await probes.start()
    await vi.waitFor(() => expect(problems.all()).toHaveLength(2))
    await probes.stop()
    expect(problems.all()).toMatchObject([
      { desk: 'inside', problem: expect.stringMatching(/private network; set allow_private/) },
      { desk: 'support', problem: expect.stringMatching(/no secret in the file \/none\/such\/secret/) },
    ])
    expect(log.lines.filter(line => JSON.stringify(line).includes('does not fit its settings'))).toHaveLength(2)
  })

  it('a desk that hangs delays neither the start nor the stop', async () => {
    const { probes } = probing(
      signal =>
        new Promise(resolve => {
          asked.push([])
          signal.addEventListener('abort', () => resolve([{ name: 'address', ok: false, message: 'stopped' }]))
        }),
    )
    await probes.start()
    await looks(1)
    await vi.waitFor(async () => {
      await clock.advance(60_000)
      expect(problems.all()).toEqual([{ desk: 'support', problem: 'address: stopped' }])
    })
    await probes.stop()
  })

  it('a ticket that was made without something is told until one is made whole', () => {
    problems.made('support', 'left out what the desk refuses: Serial is not included in the list')
    expect(problems.all()).toMatchObject([{ desk: 'support', problem: expect.stringContaining('Serial') }])
    problems.made('support', undefined)
    expect(problems.all()).toEqual([])
  })
})
