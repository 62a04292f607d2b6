import type { Pace } from '../pace.ts'

/** A desk that may be called as fast as one likes. */
export const noPace: Pace = { turn: async () => true, waitMs: () => 0, lull: async () => {}, turns: 0 }
