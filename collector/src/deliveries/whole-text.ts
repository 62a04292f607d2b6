import {
  type Connector,
  type DeskFile,
  type DeskMessage,
  delivered,
  type Outcome,
  type Ticket,
} from '../connectors/connector.ts'
import type { AttemptOutcome } from './attempt-outcome.ts'

/** Characters that connectors add to a text: the way to the portal, the key, marks; and our own words that there is more. */
const ROOM = 300
/** Parts of one text in a desk that takes no files; beyond that nobody reads it there. */
const PARTS_MAX = 10

const WORDS = {
  ru: {
    inFile: (name: string) => `[…] Текст целиком: в файле ${name}.`,
    inParts: '[…] Продолжение следует отдельно.',
    inPortal: '[…] Остальное в портале.',
    lost: 'текст не вошёл целиком',
  },
  en: {
    inFile: (name: string) => `[…] The whole text is in the file ${name}.`,
    inParts: '[…] What follows comes separately.',
    inPortal: '[…] The rest is in the portal.',
    lost: 'the text did not fit as a whole',
  },
} as const

/** A message as a desk has room for it, and what brings the rest. */
export interface FittedMessage {
  readonly message: DeskMessage
  /** Null when all of it fits. */
  readonly rest: { readonly file: DeskFile | null; readonly parts: readonly string[] } | null
}

/** Cuts a text that is longer than the desk takes, at a line where there is one; a shortened ticket beats none. */
export function fitted(
  connector: Pick<Connector, 'capabilities' | 'attach' | 'language'>,
  message: DeskMessage,
): FittedMessage {
  const { bodyMax, fileMax } = connector.capabilities
  const max = bodyMax - ROOM
  if (message.text.length <= max || [...message.text].length <= max) return { message, rest: null }
  const [head = '', ...parts] = partsOf(message.text, max)
  const bytes = Buffer.from(message.text, 'utf8')
  const takesFile = connector.attach !== undefined && bytes.length <= fileMax
  const file = takesFile ? { name: nameOf(message), type: 'text/plain', bytes } : null
  const words = WORDS[connector.language]
  const more = file ? words.inFile(file.name) : words.inParts
  const told = parts.slice(0, PARTS_MAX)
  const last = told.at(-1) ?? ''
  if (parts.length > PARTS_MAX) told.splice(-1, 1, `${last}\n\n${words.inPortal}`)
  return { message: { ...message, text: `${head}\n\n${more}` }, rest: { file, parts: told } }
}

/**
 * Brings what did not fit to the ticket: the whole text as a file, or its parts as comments. Repeating it changes nothing where the desk can be
 * searched, so that there a failure repeats the attempt; elsewhere the ticket stays as it is, with a warning.
 */
export async function withRest(
  connector: Connector,
  { message, rest }: FittedMessage,
  outcome: AttemptOutcome,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  if (outcome.kind !== 'delivered' || rest === null) return outcome
  const { value } = outcome
  const brought = await bring(connector, value.ticket, message, rest, signal)
  if (brought.kind === 'delivered') return outcome
  if (connector.find && brought.kind !== 'rejected') return { kind: 'unknown', message: brought.message }
  const warning = [value.warning, `${WORDS[connector.language].lost}: ${brought.message}`].filter(Boolean).join('; ')
  return delivered({ ...value, warning })
}

async function bring(
  connector: Connector,
  ticket: Ticket,
  message: DeskMessage,
  { file, parts }: NonNullable<FittedMessage['rest']>,
  signal: AbortSignal,
): Promise<Outcome<unknown>> {
  const attached = file && (await connector.attach?.(ticket, file, signal))
  // A desk that refuses the file may still take the words.
  if (attached && attached.kind !== 'rejected') return attached
  for (const [index, text] of parts.entries()) {
    const part = { ...message, kind: 'comment' as const, eventId: `${message.eventId}.${index + 2}`, text }
    const told = await connector.comment(ticket, { ...part, mayHaveArrived: true }, signal)
    if (told.kind !== 'delivered') return told
  }
  return delivered(null)
}

/** Pieces of at most so many characters, cut after a line where one ends in the last third. */
function partsOf(text: string, max: number): readonly string[] {
  const parts: string[] = []
  let rest = [...text]
  while (rest.length > max) {
    const lineEnd = rest.lastIndexOf('\n', max - 1)
    const size = lineEnd > (max * 2) / 3 ? lineEnd + 1 : max
    parts.push(rest.slice(0, size).join('').trimEnd())
    rest = rest.slice(size)
  }
  return [...parts, rest.join('')]
}

/** The same on every attempt, and in ASCII: some desks take no other names. */
const nameOf = ({ subject, eventId }: DeskMessage): string =>
  `tillwatch-${subject.number}-text-${eventId.split('.').slice(2).join('-') || '1'}.txt`
