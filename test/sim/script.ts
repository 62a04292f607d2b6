import type { Chance } from './chance.ts'
import { DESK_MOODS, type DeskMood } from './desk.ts'
import { REGISTER_FAULTS, type RegisterFault } from './register.ts'
import type { DiskFault } from './thread.ts'

/** Something goes wrong at `from` and is right again at `to`, both milliseconds since the world began. */
export type Episode = { readonly from: number; readonly to: number } & Trouble

type Trouble =
  | { readonly kind: 'fault'; readonly till: number; readonly fault: RegisterFault | 'disk' }
  | { readonly kind: 'cut'; readonly till: number }
  | { readonly kind: 'bad_wire'; readonly till: number }
  | { readonly kind: 'till_killed'; readonly till: number }
  | { readonly kind: 'till_off'; readonly till: number }
  | { readonly kind: 'old_image'; readonly till: number }
  | { readonly kind: 'clock'; readonly till: number; readonly offsetMs: number }
  | { readonly kind: 'server_killed' }
  | { readonly kind: 'server_restored' }
  | { readonly kind: 'server_disk'; readonly fault: DiskFault; readonly share: number }
  | { readonly kind: 'desk'; readonly desk: 'redmine' | 'hook'; readonly mood: DeskMood }

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const FAULTS = [...(Object.keys(REGISTER_FAULTS) as RegisterFault[]), 'disk'] as const

/** How often each trouble comes in a week, and how long it lasts. */
const RATES: readonly {
  readonly kind: Trouble['kind']
  /** Each till has so many, or the world when `shared`. */
  readonly aWeek: readonly [number, number]
  readonly lasts: readonly [number, number]
  readonly shared?: true
}[] = [
  { kind: 'fault', aWeek: [2, 5], lasts: [2 * HOUR_MS, 30 * HOUR_MS] },
  { kind: 'cut', aWeek: [1, 3], lasts: [MINUTE_MS, 40 * HOUR_MS] },
  { kind: 'bad_wire', aWeek: [1, 3], lasts: [HOUR_MS, 20 * HOUR_MS] },
  { kind: 'till_killed', aWeek: [1, 4], lasts: [1_000, 20 * MINUTE_MS] },
  { kind: 'till_off', aWeek: [0, 2], lasts: [20 * MINUTE_MS, 14 * HOUR_MS] },
  { kind: 'old_image', aWeek: [0, 1], lasts: [HOUR_MS, 30 * HOUR_MS] },
  { kind: 'clock', aWeek: [0, 1], lasts: [HOUR_MS, 20 * HOUR_MS] },
  { kind: 'server_killed', aWeek: [2, 8], lasts: [1_000, 3 * HOUR_MS], shared: true },
  { kind: 'server_restored', aWeek: [0, 1], lasts: [HOUR_MS, 30 * HOUR_MS], shared: true },
  { kind: 'server_disk', aWeek: [0, 3], lasts: [MINUTE_MS, 3 * HOUR_MS], shared: true },
  { kind: 'desk', aWeek: [4, 12], lasts: [10 * MINUTE_MS, 10 * HOUR_MS], shared: true },
]

/** The troubles of a world, by their beginning. The first day is quiet, and all are over by `untilMs`. */
export function writeScript(chance: Chance, tills: number, untilMs: number): readonly Episode[] {
  const share = untilMs / (7 * DAY_MS)
  const episodes = RATES.flatMap(({ kind, aWeek, lasts, shared }) =>
    Array.from({ length: shared ? 1 : tills }, (_, till) =>
      Array.from({ length: Math.round(chance.between(...aWeek) * share) }, () => {
        const lastsMs = Math.min(lengthOf(chance, lasts), untilMs / 2)
        const from = Math.round(chance.between(HOUR_MS, untilMs - lastsMs))
        return { from, to: Math.round(from + lastsMs), ...troubleOf(chance, kind, till) }
      }),
    ).flat(),
  )
  return episodes.sort((a, b) => a.from - b.from)
}

/** Short ones are as frequent as long ones. */
const lengthOf = (chance: Chance, [min, max]: readonly [number, number]): number => min * (max / min) ** chance.random()

function troubleOf(chance: Chance, kind: Trouble['kind'], till: number): Trouble {
  switch (kind) {
    case 'fault':
      return { kind, till, fault: chance.pick(FAULTS) }
    case 'clock':
      return {
        kind,
        till,
        offsetMs: Math.round((chance.random() - 0.5) * chance.pick([HOUR_MS, DAY_MS, 900 * DAY_MS])),
      }
    case 'server_disk':
      return { kind, fault: chance.pick(['refuses', 'answers_badly'] as const), share: chance.pick([0.1, 0.4, 1]) }
    case 'desk':
      return { kind, desk: chance.pick(['redmine', 'redmine', 'hook'] as const), mood: chance.pick(DESK_MOODS) }
    case 'server_killed':
    case 'server_restored':
      return { kind }
    default:
      return { kind, till }
  }
}
