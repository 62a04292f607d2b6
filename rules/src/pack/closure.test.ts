import { Environment } from '@marcbachmann/cel-js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { slotsOf } from '../slots.ts'
import { type Context, closureOf, FUNCTIONS } from './closure.ts'
import { createCompiler } from './expression.ts'

const context = (facts: Record<string, never>, numbers: Record<string, number> = {}): Context => ({
  slots: slotsOf(facts),
  assumed: {},
  numbers,
  open: true,
  hours_known: false,
  replacing: false,
})

/** Sums and comparisons of two measures, as packs write them. */
const term = fc.letrec<{ number: string; truth: string }>(tie => ({
  number: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('a', 'b', '0.0', '2.5', '-3.0'),
    fc.tuple(tie('number'), fc.constantFrom('+', '-', '*'), tie('number')).map(([x, op, y]) => `(${x} ${op} ${y})`),
    fc.tuple(fc.constantFrom('min', 'max'), tie('number'), tie('number')).map(([f, x, y]) => `${f}(${x}, ${y})`),
    tie('number').map(x => `abs(${x})`),
    fc.tuple(tie('truth'), tie('number'), tie('number')).map(([c, x, y]) => `(${c} ? ${x} : ${y})`),
  ),
  truth: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('true', 'false', 'open'),
    fc
      .tuple(tie('number'), fc.constantFrom('<', '<=', '>', '>=', '==', '!='), tie('number'))
      .map(([x, op, y]) => `(${x} ${op} ${y})`),
    fc.tuple(tie('truth'), fc.constantFrom('&&', '||'), tie('truth')).map(([x, op, y]) => `(${x} ${op} ${y})`),
    tie('truth').map(x => `!${x}`),
  ),
}))

describe('a closure', () => {
  it('says of every expression what the library says', () => {
    const library = new Environment()
    for (const name of ['a', 'b']) library.registerVariable(name, 'double')
    library.registerVariable('open', 'bool')
    for (const signature of ['abs(double)', 'min(double, double)', 'max(double, double)'])
      library.registerFunction(`${signature}: double`, FUNCTIONS[signature.split('(')[0] ?? ''] as () => number)
    const names = { measures: new Set(['a', 'b']), factOf: () => undefined }
    const number = fc.integer({ min: -5, max: 5 })
    fc.assert(
      fc.property(fc.oneof(term.truth, term.number), number, number, (text, a, b) => {
        const program = library.parse(text)
        program.check()
        const closure = closureOf(program.ast, names)
        expect(closure?.(context({}, { a, b }))).toEqual(program({ a, b, open: true }))
      }),
      { numRuns: 300 },
    )
  })

  it('leaves to the library what it does not know: a missing fact matters only where it decides', () => {
    const compiled = createCompiler([]).condition('fiscal.ofd.unsent_documents > 1.0 || open')
    if (!compiled.ok) throw new Error(compiled.reason)
    expect(compiled.value.run(context({}))).toBe(true)
    const needed = createCompiler([]).condition('fiscal.ofd.unsent_documents > 1.0')
    if (!needed.ok) throw new Error(needed.reason)
    expect(() => needed.value.run(context({}))).toThrow('fiscal_ofd_unsent_documents')
  })
})
