import { expect, test } from 'vitest'
import { loadWebTraces, parseWebTrace, type WebTrace } from '../../traces/atol-web/web-trace.ts'
import { registerWithService } from './testing.ts'

/** Puts the trace's questions; every answer must be the trace's. */
async function replay(trace: WebTrace) {
  const { register, clock, send } = registerWithService(trace.state, trace.variant)
  for (const step of trace.steps) {
    if (step.kind === 'pause') {
      await clock.advance(step.ms)
      continue
    }
    const { status, body } = await send(step.method, step.path, step.sent, step.headers)
    const place = `${trace.name}.trace:${step.line}`
    expect(status, place).toBe(step.status)
    expect(body, place).toEqual(withAnything(step.answer ?? ''))
  }
  register.assertReadOnly()
}

/** The answer with its stars turned into "any value". */
function withAnything(value: unknown): unknown {
  if (value === '*') return expect.anything()
  if (Array.isArray(value)) return value.map(withAnything)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withAnything(member)]))
}

test.each(loadWebTraces().map(trace => [trace.name, trace] as const))('golden conversation %s', (_, trace) =>
  replay(trace),
)

test('traces of both versions are there', () => {
  const variants = loadWebTraces().map(trace => trace.variant)
  expect(variants.filter(variant => variant === 2).length).toBeGreaterThan(12)
  expect(variants.filter(variant => variant === 1).length).toBeGreaterThan(3)
})

test('a trace file that is wrong names its line', () => {
  expect(() => parseWebTrace('origin: a\n< 200', 'broken')).toThrow('broken.trace:2')
  expect(() => parseWebTrace('origin: a\n> GET /\n> X: y\n< 200\n> oops', 'broken')).toThrow('broken.trace:5')
  expect(() => parseWebTrace('> GET /\n< 200', 'broken')).toThrow('no origin')
  expect(() => parseWebTrace('origin: a', 'broken')).toThrow('no steps')
  expect(() => parseWebTrace('origin: a\nstate: {\n> GET /\n< 200', 'broken')).toThrow('state is not JSON')
})
