import type { Card } from './mapping.ts'
import { type Language, WORDS } from './words.ts'

/** One button: an address, or what is sent back when it is pressed. */
export interface Button {
  readonly text: string
  readonly url?: string | undefined
  readonly callback_data?: string | undefined
}
export interface Keyboard {
  readonly inline_keyboard: readonly (readonly Button[])[]
}

/** Who has it decides how it is taken. */
type Taking = 'take' | 'mine'
/** What a press asks for; `solve` asks back first, `done` is the confirmation, `back` its refusal. */
export type Verb = Taking | 'solve' | 'done' | 'back' | 'reopen'

/** What was pressed, and on which edition of the card. */
export interface Press {
  readonly verb: Verb
  /** What the card offered for taking it, while it asks whether it is solved. */
  readonly taking: Taking
  readonly edition: number
}

/** `verb.edition`, with the taking between them where the card asks back: a few of the 64 bytes that Telegram keeps. */
const DATA = /^(take|mine|solve|done|back|reopen)(?:\.(take|mine))?\.(\d{1,9})$/

/** What a button sent back; null for what no button of ours sends. */
export function pressOf(data: string): Press | null {
  const [, verb, taking = 'take', edition] = DATA.exec(data) ?? []
  if (verb === undefined) return null
  return { verb: verb as Verb, taking: taking as Taking, edition: Number(edition) }
}

/** The buttons under a card: what one may do as it stands, where anybody may, and the way into the portal. */
export function keyboardOf(card: Card, language: Language, mayAct: boolean, link: string | null): Keyboard | undefined {
  const rows = [mayAct ? actionsOf(card, language) : [], linkRow(link, language)].filter(row => row.length > 0)
  return rows.length === 0 ? undefined : { inline_keyboard: rows }
}

const linkRow = (link: string | null, language: Language): readonly Button[] =>
  link === null ? [] : [{ text: WORDS[language].portal, url: link }]

function actionsOf({ status, assignee, edition }: Card, language: Language): readonly Button[] {
  const { buttons } = WORDS[language]
  if (status === '' || status === 'closed') return []
  if (status === 'solved') return [{ text: buttons.reopen, callback_data: `reopen.${edition}` }]
  return openActions(assignee === '' ? 'take' : 'mine', edition, language)
}

function openActions(taking: Taking, edition: number, language: Language): readonly Button[] {
  const { buttons } = WORDS[language]
  return [
    { text: buttons[taking], callback_data: `${taking}.${edition}` },
    { text: buttons.solve, callback_data: `solve.${taking}.${edition}` },
  ]
}

/** The buttons after a press that changes only them: the question whether it is solved, or what was there before it. */
export function asking({ verb, taking, edition }: Press, shown: Keyboard, language: Language): Keyboard {
  const { buttons } = WORDS[language]
  const rest = shown.inline_keyboard.filter(row => row.some(({ url }) => url !== undefined))
  const row =
    verb === 'back'
      ? openActions(taking, edition, language)
      : [
          { text: buttons.done, callback_data: `done.${edition}` },
          { text: buttons.back, callback_data: `back.${taking}.${edition}` },
        ]
  return { inline_keyboard: [row, ...rest] }
}
