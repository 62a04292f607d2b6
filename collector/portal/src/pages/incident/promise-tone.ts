/** Share of the time from which people hurry. */
const HURRY_PERCENT = 70

/** Colour of a promise: red once it is broken, amber when most of its time is used, green while there is room or when it was kept. */
export function promiseTone(promise: {
  readonly met: boolean | null
  readonly percent: number
  readonly done: boolean
}): 'red' | 'yellow' | 'green' {
  if (promise.met === false) return 'red'
  return !promise.done && promise.percent >= HURRY_PERCENT ? 'yellow' : 'green'
}
