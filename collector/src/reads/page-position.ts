import { AppError } from '@tillwatch/shared'

/** A place in a sorted list: the sort key of the last row that was shown. */
export type PagePosition = readonly (string | number)[]

/** The position as the opaque text of the API. */
export const positionText = (position: PagePosition): string =>
  Buffer.from(JSON.stringify(position), 'utf8').toString('base64url')

/** The text back as a position of the given types. Throws `page.position` when it is none: it came from another list, or by hand. */
export function parsePosition(text: string, types: readonly ('string' | 'number')[]): PagePosition {
  const values = parseJson(Buffer.from(text, 'base64url').toString('utf8'))
  const fits =
    Array.isArray(values) &&
    values.length === types.length &&
    types.every((type, index) => typeof values[index] === type)
  if (!fits) {
    throw new AppError('page.position', 'the position of the page is not one of this list', {
      nextStep: 'Ask for the first page again.',
    })
  }
  return values as PagePosition
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
