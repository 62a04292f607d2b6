import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { loadTraces, type Trace } from '../../traces/trace.ts'
import { createRegister } from '../register.ts'
import { hex } from '../shtrih-m/bytes.ts'

/** Plays the host's side; every device step must be next in what the device has written, and nothing may be left over. */
function replay(trace: Trace) {
  const register = createRegister({ protocol: 'mitsu', state: trace.state, clock: new ManualClock() })
  let written: number[] = []
  const line = register.openLine(bytes => written.push(...bytes))
  for (const step of trace.steps) {
    if (step.from === 'host') line.receive(step.bytes)
    else {
      expect(hex(written.slice(0, step.bytes.length)), `${trace.name}.trace:${step.line}`).toBe(hex(step.bytes))
      written = written.slice(step.bytes.length)
    }
  }
  expect(hex(written), `${trace.name}.trace: bytes that the trace does not have`).toBe('')
  register.assertReadOnly()
}

test.each(loadTraces('mitsu').map(trace => [trace.name, trace] as const))('golden exchange %s', (_, trace) =>
  replay(trace),
)

test('exchanges over both channels are there', () => {
  const names = loadTraces('mitsu').map(trace => trace.name)
  expect(names.filter(name => name.startsWith('serial-')).length).toBeGreaterThan(10)
  expect(names.filter(name => name.startsWith('tcp-')).length).toBeGreaterThan(4)
})
