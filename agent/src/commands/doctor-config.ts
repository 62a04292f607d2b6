import { readFileSync } from 'node:fs'
import { type IdentityFile, isTelling } from '@tillwatch/shared'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { agentConfig } from '../config.ts'

/** The configuration as it may be shown, and the words in it that may not. */
export interface ShownConfig {
  readonly text: string
  readonly secrets: readonly string[]
}

const REMOVED = '[removed]'
const SECRET_NAME = /passw|secret|token|key|парол/i

/**
 * A config file without anything that could be a secret: passwords go by their keys, and so does every value whose key the agent does not
 * know, because it may be a misspelt one. A file that is not YAML is not shown at all.
 */
export function shownConfig(file: string | undefined, identity: IdentityFile | null): ShownConfig {
  const known = identity ? [identity.secret] : []
  if (file === undefined) return { text: 'не указаны (--config)', secrets: known }
  let value: unknown
  try {
    value = parse(readFileSync(file, 'utf8'), { logLevel: 'error' })
  } catch {
    return { text: `файл ${file} не читается`, secrets: known }
  }
  const secrets: string[] = []
  const shown = shownValue(value, secrets)
  return { text: stringify(shown), secrets: [...known, ...secrets.filter(isTelling)] }
}

function shownValue(value: unknown, secrets: string[]): unknown {
  if (Array.isArray(value)) return value.map(each => shownValue(each, secrets))
  if (typeof value === 'string') return withoutUser(value, secrets)
  if (typeof value !== 'object' || value === null) return value
  const shown = Object.entries(value).map(([name, each]): [string, unknown] => {
    if (KNOWN_NAMES.has(name) && !SECRET_NAME.test(name)) return [name, shownValue(each, secrets)]
    secrets.push(...textsIn(each))
    return [KNOWN_NAMES.has(name) ? name : `${REMOVED} key`, REMOVED]
  })
  return Object.fromEntries(shown)
}

/** An address with a user and a password in it, as nobody should write one. */
function withoutUser(text: string, secrets: string[]): string {
  // Up to the last @: a password may hold spaces, / and @ though it should not.
  const user = /:\/\/(.+)@/s.exec(text)?.[1]
  if (user === undefined) return text
  secrets.push(user, ...user.split(':'), user.slice(user.indexOf(':') + 1))
  return text.replace(`${user}@`, `${REMOVED}@`)
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}

/** Every key that the schema of the configuration knows, at whatever depth. */
const KNOWN_NAMES: ReadonlySet<string> = new Set(
  namesIn(z.toJSONSchema(agentConfig, { io: 'input', unrepresentable: 'any' })),
)

function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([name, part]) => [
    ...(name === 'properties' ? Object.keys(part as object) : []),
    ...namesIn(part),
  ])
}
