import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A secret for one holder and the only form of it that is ever stored. */
export interface Token {
  readonly secret: string
  readonly hash: string
}

/** 256 random bits: nobody guesses it, so a plain hash is enough to store it. */
export function createToken(): Token {
  const secret = randomBytes(32).toString('base64url')
  return { secret, hash: hashToken(secret) }
}

/** What is stored of a token and what it is looked up by. */
export const hashToken = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

/** Compares what is shown with a secret, in a time that tells neither how much of it is right nor how long it is. */
export const isSameSecret = (shown: string, secret: string): boolean => timingSafeEqual(digest(shown), digest(secret))

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** A name for a row; not a secret. */
export const createRowId = (): string => randomBytes(12).toString('base64url')
