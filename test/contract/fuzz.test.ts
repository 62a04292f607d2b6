import { seededRandom } from '@tillwatch/shared/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAnything } from '../fuzz/driver-target.ts'
import { mutate } from '../fuzz/mutation.ts'
import { recordAnswers } from '../fuzz/recorded-answers.ts'
import { PROFILES } from './profiles/index.ts'

const RUNS = 150

describe('a device that says anything at all: every look ends in time, throws nothing and gives an item that may be sent', () => {
  test.each(PROFILES.map(profiled => [profiled.title, profiled] as const))(
    '%s, by chance',
    { timeout: 60_000 },
    async (_title, profiled) => {
      const anything = fc.uint8Array({ maxLength: 600 })
      await fc.assert(
        fc.asyncProperty(anything, async input => {
          await readAnything(profiled, input)
        }),
        { numRuns: RUNS },
      )
    },
  )

  test.each(PROFILES.map(profiled => [profiled.title, profiled] as const))(
    '%s, as a healthy device does, with some changes',
    { timeout: 60_000 },
    async (_title, profiled) => {
      const recorded = await recordAnswers(profiled)
      // As recorded it leads to the drive, so that the changes meet every part of a look.
      const drives = (await readAnything(profiled, recorded)).map(({ facts }) => facts['fiscal.fn.serial'])
      expect(drives).toContain('9960440300112233')
      const random = seededRandom(1)
      for (let run = 0; run < RUNS; run++) await readAnything(profiled, mutate([recorded], random))
    },
  )
})
