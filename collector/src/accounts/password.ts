import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { AppError } from '@tillwatch/shared'

/** What one hash costs. Memory is `128 * blocks * cost` bytes. */
export interface ScryptCost {
  readonly cost: number
  readonly blocks: number
  readonly passes: number
}

/** 32 MB and about a quarter of a second on a small server (OWASP Password Storage Cheat Sheet, scrypt, second recommended setting). */
export const SCRYPT_COST: ScryptCost = { cost: 2 ** 15, blocks: 8, passes: 3 }

/** Hashes under way at once; each takes a core and 32 MB. */
const RUNNING_MAX = 2
/** Hashes that wait for their turn; beyond it a login is asked to come back. */
const WAITING_MAX = 32
const KEY_BYTES = 32

/** Turns passwords into hashes that carry their own parameters, off the main thread. */
export interface Passwords {
  /** `scrypt$cost$blocks$passes$salt$key`. Rejects with `account.busy` when too many wait. */
  hash(password: string): Promise<string>
  /** False for a null hash too, after the same amount of work: who is unknown must not be answered faster. */
  verify(password: string, hash: string | null): Promise<boolean>
}

/** The one hasher of a process; its queue is bounded. */
export function createPasswords(cost: ScryptCost = SCRYPT_COST): Passwords {
  const inTurn = createTurns()
  const derive = (password: string, salt: Buffer, used: ScryptCost): Promise<Buffer> =>
    inTurn(
      () =>
        new Promise((resolve, reject) => {
          const options = {
            N: used.cost,
            r: used.blocks,
            p: used.passes,
            maxmem: 256 * used.blocks * (used.cost + used.passes + 2),
          }
          scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
            error ? reject(error) : resolve(key),
          )
        }),
    )
  return {
    async hash(password) {
      const salt = randomBytes(16)
      const key = await derive(password, salt, cost)
      return ['scrypt', cost.cost, cost.blocks, cost.passes, text(salt), text(key)].join('$')
    },
    async verify(password, hash) {
      const known = hash === null ? null : parseHash(hash)
      const key = await derive(password, known?.salt ?? Buffer.alloc(16), known?.cost ?? cost)
      return known !== null && timingSafeEqual(key, known.key)
    },
  }
}

const text = (bytes: Buffer): string => bytes.toString('base64url')

function parseHash(hash: string): { cost: ScryptCost; salt: Buffer; key: Buffer } | null {
  const [scheme, cost, blocks, passes, salt, key] = hash.split('$')
  if (scheme !== 'scrypt' || !salt || !key) return null
  const bytes = Buffer.from(key, 'base64url')
  if (bytes.length !== KEY_BYTES) return null
  return {
    cost: { cost: Number(cost), blocks: Number(blocks), passes: Number(passes) },
    salt: Buffer.from(salt, 'base64url'),
    key: bytes,
  }
}

function createTurns() {
  let running = 0
  const waiting: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= RUNNING_MAX) {
      if (waiting.length >= WAITING_MAX) {
        throw new AppError('account.busy', 'too many logins at once', {
          retryable: true,
          nextStep: 'Try again in a minute.',
        })
      }
      await new Promise<void>(resolve => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      // The place goes straight to the next in line, so that nobody slips in between.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
