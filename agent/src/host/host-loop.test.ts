import type { WireItem } from '@tillwatch/shared'
import { ManualClock, recordingLogger, settle } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { MemoryOutbox } from '../outbox/memory-outbox.ts'
import { createRecorder } from '../self/recorder.ts'
import { pcItem } from './host-item.ts'
import { createHostLoop } from './host-loop.ts'
import type { HostProbe } from './host-probe.ts'
import { createProbeRounds } from './probe-rounds.ts'

function scene(read: (clock: ManualClock) => Promise<readonly WireItem[]>) {
  const clock = new ManualClock()
  const outbox = new MemoryOutbox(clock)
  const logger = recordingLogger()
  const recorder = createRecorder({ outbox, clock, logger, onRecorded: () => undefined })
  const probe: HostProbe = { name: 'system', intervalS: 300, read: () => read(clock) }
  const rounds = createProbeRounds({ probes: [probe], clock, logger })
  const loop = createHostLoop({ rounds, outbox, recorder, clock, logger, heartbeatMs: 60_000, pcId: () => 'pc-1' })
  let phase: 'flowing' | 'offline' = 'flowing'
  loop.start({ phase: () => phase as 'flowing' })
  const told = () =>
    outbox
      .take(0, { messages: 1_000, bytes: Number.MAX_SAFE_INTEGER })
      .map(({ kind, body }) =>
        kind === 'telemetry' ? (body.items[0]?.source ?? '') : 'name' in body ? body.name : kind,
      )
  return {
    clock,
    told,
    loop,
    goOffline: () => {
      phase = 'offline'
    },
  }
}

const name = (clock: ManualClock) => Promise.resolve([pcItem(clock.now(), { 'host.name': 'kassa' })])

test('the PC is told every five minutes, and a sign of life when nothing was said for a minute', async () => {
  const { clock, told, loop } = scene(name)
  await clock.advance(300_000)
  expect(told()).toEqual(['host', 'agent', 'agent', 'agent', 'agent', 'host'])
  await loop.stop()
})

test('a probe that hangs does not make the agent seem dead, and does not hold up its end', async () => {
  const { clock, told, loop } = scene(() => new Promise(() => undefined))
  await clock.advance(120_000)
  expect(told()).toEqual(['agent', 'agent'])
  const stopped = loop.stop()
  await clock.advance(1_000)
  await stopped
})

test('without a collector nothing but readings is kept; a step of the clock is told', async () => {
  const { clock, told, loop, goOffline } = scene(name)
  goOffline()
  await settle()
  clock.stepWall(-3_600_000)
  await clock.advance(120_000)
  expect(told()).toEqual(['host', 'clock_stepped'])
  await loop.stop()
})
