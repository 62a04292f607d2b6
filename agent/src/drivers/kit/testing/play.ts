import type { ExchangeMachine } from '../../../transport/exchange.ts'

export const SILENCE = 'silence'
/** What a device does next: it sends bytes, or none until the wait is over. */
export type LinkEvent = readonly number[] | Uint8Array | typeof SILENCE

/** Plays what the device does and gives what the host sent, in pieces and as one, and the result if there is one. */
export function playLink<Result>(link: ExchangeMachine<Result>, events: readonly LinkEvent[]) {
  const pieces: Uint8Array[] = []
  let result: Result | null = null
  let step = link.start()
  for (const event of [null, ...events]) {
    if (result) break
    if (event) step = event === SILENCE ? link.expire() : link.receive(Uint8Array.from(event))
    if (step.write) pieces.push(step.write)
    if (step.done) result = step.result
  }
  return { pieces, sent: pieces.flatMap(piece => [...piece]), result }
}
