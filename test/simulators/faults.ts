import { seededRandom } from '@tillwatch/shared/testing'
import { z } from 'zod'

const every = z.number().int().nonnegative().default(0)
const milliseconds = z.number().int().nonnegative().default(0)

/** What may go wrong on the line and in the device. `…_every: 3` spoils each third one, 0 none. */
export const faultsSchema = z
  .strictObject({
    /** Answers whose checksum is wrong, counted by transmission. */
    bad_checksum_every: every,
    /** Answers of which only the first part arrives, counted by transmission. */
    cut_every: every,
    /** Received commands that get no reaction at all. */
    silence_every: every,
    /** Received commands that are refused as damaged although they are not. */
    nak_every: every,
    /** Pause between accepting a command and answering it. */
    delay_ms: milliseconds,
    /** After this value is set the device ignores every byte for so long. */
    silent_ms: milliseconds,
    /** After this value is set the device says for so long that it is printing. */
    busy_ms: milliseconds,
    /** The device says that it is printing. */
    printing: z.boolean().default(false),
    /** The fiscal drive is not there. */
    fn_absent: z.boolean().default(false),
    /** Same seed, same faults. */
    seed: z.number().int().default(1),
  })
  .prefault({})

export type Faults = z.infer<typeof faultsSchema>
type CountedFault = 'bad_checksum' | 'cut' | 'silence' | 'nak'

/** Decides which transmission is spoiled and how: the same for the same faults and the same order of questions. */
export interface FaultPlan {
  /** Counts one occasion; true when this one is to be spoiled. */
  due(fault: CountedFault): boolean
  /** How many bytes of `length` arrive before a cut: at least one, never all. */
  cutAt(length: number): number
}

export function createFaultPlan(faults: Faults): FaultPlan {
  const random = seededRandom(faults.seed)
  const counts: Record<CountedFault, number> = { bad_checksum: 0, cut: 0, silence: 0, nak: 0 }
  return {
    due(fault) {
      const period = faults[`${fault}_every`]
      if (period === 0) return false
      counts[fault] += 1
      return counts[fault] % period === 0
    },
    cutAt: length => 1 + Math.floor(random() * (length - 1)),
  }
}
