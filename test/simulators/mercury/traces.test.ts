import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { loadTraces, type Trace } from '../../traces/trace.ts'
import { createRegister } from '../register.ts'

/** Plays the host's side; every device step must be next in what the service has written, and nothing may be left over. */
function replay(trace: Trace) {
  const register = createRegister({ protocol: 'mercury', state: trace.state, clock: new ManualClock() })
  let written = Buffer.alloc(0)
  const line = register.openLine(bytes => {
    written = Buffer.concat([written, bytes])
  })
  for (const step of trace.steps) {
    if (step.from === 'host') line.receive(step.bytes)
    else {
      const expected = Buffer.from(step.bytes).toString('utf8')
      expect(written.toString('utf8', 0, step.bytes.length), `${trace.name}.trace:${step.line}`).toBe(expected)
      written = written.subarray(step.bytes.length)
    }
  }
  expect(written.toString('utf8'), `${trace.name}.trace: bytes that the trace does not have`).toBe('')
  register.assertReadOnly()
}

const traces = loadTraces('mercury')

test.each(traces.map(trace => [trace.name, trace] as const))('golden exchange %s', (_, trace) => replay(trace))

test('there are some', () => expect(traces.length).toBeGreaterThan(10))
