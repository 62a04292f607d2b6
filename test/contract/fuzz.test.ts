import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAnything } from '../fuzz/driver-target.ts'
import { PROFILES } from './profiles/index.ts'

describe('a device that says anything at all', () => {
  test.each(PROFILES.map(profiled => [profiled.title, profiled] as const))(
    '%s: every look ends, throws nothing and gives an item that may be sent',
    { timeout: 60_000 },
    async (_title, profiled) => {
      const anything = fc.uint8Array({ maxLength: 600 })
      await fc.assert(
        fc.asyncProperty(anything, async input => {
          await expect(readAnything(profiled, input)).resolves.toBeUndefined()
        }),
        { numRuns: 300 },
      )
    },
  )
})
