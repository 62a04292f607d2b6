import { readFileSync, statSync } from 'node:fs'
import { AppError, type IdentityFile, identityFile, messageOf } from '@tillwatch/shared'

/** An identity that was read, and what a person should know about its file. */
export interface LoadedIdentity {
  readonly identity: IdentityFile
  /** Null when only the owner can read the file, or when the system does not tell (Windows). */
  readonly warning: string | null
}

const NEXT_STEP = 'Make an identity file for this agent at the collector and put it where the configuration says.'

/** Reads the identity file. Throws `identity.unreadable` or `identity.invalid`; no message ever holds a part of the secret. */
export function loadIdentity(file: string): LoadedIdentity {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    throw new AppError('identity.unreadable', `${file} cannot be read: ${messageOf(thrown)}`, {
      nextStep: NEXT_STEP,
      cause: thrown,
    })
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, and the text holds the secret.
    throw new AppError('identity.invalid', `${file} is not JSON`, { nextStep: NEXT_STEP })
  }
  const parsed = identityFile.safeParse(value)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${file}: ${path.join('.') || 'file'}: expected ${message}`,
    )
    throw new AppError('identity.invalid', problems.join('\n'), { nextStep: NEXT_STEP })
  }
  const isOpen = process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0
  return {
    identity: parsed.data,
    warning: isOpen ? `${file} can be read by others; it holds a secret: chmod 600 ${file}` : null,
  }
}
