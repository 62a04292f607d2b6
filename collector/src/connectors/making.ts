import {
  type DeskMessage,
  delivered,
  type Failure,
  type Outcome,
  type Placement,
  rejected,
  type Ticket,
  USUAL_PLACE,
} from './connector.ts'

/**
 * Makes a ticket of the whole draft, and once more of the bare one where the desk refuses a value: a ticket without its conveniences beats
 * none. That something was left out is told as a warning, in the desk's words. `isRefused` is for a desk that refuses in a way of its own.
 */
export async function madeAnyway<T>(
  whole: object,
  bare: object,
  make: (draft: object) => Promise<Outcome<T>>,
  isRefused: (made: Failure) => boolean = () => false,
): Promise<Outcome<T>> {
  const made = await make(whole)
  if (made.kind === 'delivered') return made
  const isInvalid = made.kind === 'rejected' && ['invalid', 'not_found'].includes(made.reason)
  if (!(isInvalid || isRefused(made)) || JSON.stringify(whole) === JSON.stringify(bare)) return made
  const again = await make(bare)
  return again.kind === 'delivered' ? delivered(again.value, `left out what the desk refuses: ${made.message}`) : again
}

/** A warning about values that a new ticket was made with and does not show; undefined when it shows them all. */
export function lostValues(
  wanted: Readonly<Record<string, string>>,
  shown: (field: string) => string | null | undefined,
): string | undefined {
  const lost = Object.entries(wanted).flatMap(([field, value]) => (shown(field) === value ? [] : field))
  return lost.length === 0 ? undefined : `the desk did not keep what was given for ${lost.join(', ')}`
}

/**
 * Makes a ticket where its placement says. Where the desk does not know one of its names, in the same project without the rest, else in the
 * usual place: there somebody reads it, and the warning says why it is there.
 */
export async function madeSomewhere<P>(
  message: DeskMessage,
  find: (placement: Placement) => Promise<Outcome<P>>,
  make: (place: P, message: DeskMessage) => Promise<Outcome<Ticket>>,
): Promise<Outcome<Ticket>> {
  const { placement } = message
  const choices = [placement, { ...USUAL_PLACE, project: placement.project }, USUAL_PLACE]
  const names = choices.map(choice => JSON.stringify(choice))
  let refusal: Failure | null = null
  for (const [index, choice] of choices.entries()) {
    if (names.indexOf(names[index] ?? '') < index) continue
    const place = await find(choice)
    if (place.kind === 'delivered') {
      const made = await make(place.value, { ...message, placement: choice })
      if (made.kind !== 'delivered' || index === 0) return made
      const warnings = [`not placed as the routes say: ${refusal?.message}`, made.warning]
      return delivered(made.value, warnings.filter(Boolean).join('; '))
    }
    if (place.kind !== 'rejected') return place
    refusal ??= place
  }
  return refusal ?? rejected('misconfigured', 'there is no place for tickets')
}
