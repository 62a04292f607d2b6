import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { loadTraces, parseTrace, type Trace } from '../../traces/trace.ts'
import { createRegister } from '../register.ts'
import { hex } from './bytes.ts'

/** Plays the host's side; every device step must be next in what the device has written, and nothing may be left over. */
function replay(trace: Trace) {
  const { state, variant } = trace
  const register = createRegister({ protocol: 'shtrih-m', variant, state, clock: new ManualClock() })
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

test.each(loadTraces('shtrih-m').map(trace => [trace.name, trace] as const))('R2: golden exchange %s', (_, trace) =>
  replay(trace),
)

test('traces of both variants are there', () => {
  expect(loadTraces('shtrih-m', 1).length).toBeGreaterThan(20)
  expect(loadTraces('shtrih-m', 2).length).toBeGreaterThan(20)
})

test('a trace file that is wrong names its line', () => {
  expect(() => parseTrace('origin: a\nvariant: 1\n> 0', 'broken')).toThrow('broken.trace:3')
  expect(() => parseTrace('> 05', 'broken')).toThrow('no origin')
  expect(() => parseTrace('origin: a\nstate: {\n> 05', 'broken')).toThrow('broken.trace:2: state is not JSON')
})
