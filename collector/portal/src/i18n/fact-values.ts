import { type Language, factWord as wordOfFact } from '@tillwatch/shared/words'
import { checkWord } from './check-words.ts'

export { factName, reasonWord } from '@tillwatch/shared/words'

/** What people call one value of a closed list, or a check by its name; the value itself otherwise. */
export const factWord = (name: string, value: string, language: Language): string =>
  isCheckList(name) ? checkWord(value, language) : wordOfFact(name, value, language)

/** Facts that list checks by their names on the wire. */
export const isCheckList = (name: string): boolean => name === 'agent.switched_off' || name === 'agent.checks'
