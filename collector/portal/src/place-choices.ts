/** A client, site or terminal as the directory names it. */
interface Place {
  readonly code: string
  readonly name: string
}

/** Choices for a field that names places of the directory by code. */
export const placeChoices = (places: readonly Place[] = []): { value: string; label: string }[] =>
  places.map(({ code, name }) => ({ value: code, label: name === code ? name : `${name} (${code})` }))
