import type { DatabaseSync } from 'node:sqlite'

const fold = (text: string): string => text.toLowerCase().replaceAll('ё', 'е')

/** What is typed into a search box, as the words that must all be found. */
export const searchWords = (search: string | undefined): string =>
  fold(search ?? '')
    .trim()
    .replace(/\s+/g, ' ')

/** Teaches a connection `has_words(text, words)`: SQLite itself compares only Latin letters regardless of case. */
export function addSearchFunction(database: DatabaseSync): void {
  let words: readonly string[] = []
  let wordsOf = ''
  database.function('has_words', { deterministic: true }, (text, wanted) => {
    if (wanted !== wordsOf) {
      wordsOf = String(wanted)
      words = wordsOf.split(' ')
    }
    const folded = fold(String(text))
    return words.every(word => folded.includes(word)) ? 1 : 0
  })
}
