import { readFileSync } from 'node:fs'
import { OWN_TENANT } from '@tillwatch/rules'
import { AppError } from '@tillwatch/shared'
import { z } from 'zod'

/** Where a secret lies; never the secret itself. */
export const secretReference = z.union(
  [z.strictObject({ file: z.string().min(1) }), z.strictObject({ env: z.string().min(1) })],
  { error: 'expected `secret: {file: PATH}` or `secret: {env: NAME}`' },
)
export type SecretReference = z.infer<typeof secretReference>

/** An address of a desk. Names and passwords in it would show up in links of tickets. */
export const deskUrl = z
  .url({ protocol: /^https?$/ })
  .refine(url => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
    message: 'no user or password in the address: the secret lies outside of this file',
    params: { ru: 'в адресе не должно быть имени и пароля: секрет лежит вне этого файла' },
  })

/** By what a call of a desk is known; `secret` is shown by it, or signs what it says where the kind of desk signs. */
const inboundSettings = z.strictObject({
  secret: secretReference,
  /** Addresses that it may call from, as the server sees them; by default any. */
  from: z
    .array(
      z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
        error: 'expected an address or a network like 10.0.0.0/8',
      }),
    )
    .min(1)
    .max(64)
    .optional(),
})
export type InboundSettings = z.infer<typeof inboundSettings>

/** A proxy that a desk is reached over. */
const proxySettings = z.strictObject({
  url: deskUrl,
  /** NAME:PASSWORD, where it wants one. */
  secret: secretReference.optional(),
})
export type ProxySettings = z.infer<typeof proxySettings>

/** Slowest pace of a desk, calls a second: a longer wait for a turn is a standstill. */
export const RATE_MIN = 0.01

/** What the settings of every desk have in common. */
export const deskBase = {
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'small Latin letters, digits, hyphen; at most 32'),
  /** Whose incidents it may hear: one tenant's are never told to another's desk. */
  tenants: z.array(z.string().min(1).max(64)).min(1).max(256).default([OWN_TENANT]),
  /** A desk of another kind that is told of what this one has not taken within so many minutes. */
  fallback: z
    .strictObject({ desk: z.string().min(1).max(32), after_min: z.number().int().min(1).max(1_440).default(15) })
    .optional(),
  /** Language of titles and texts. */
  language: z.enum(['ru', 'en']).default('ru'),
  /** Most calls a second, whatever they are for; bursts of five. A ticket costs two or three. */
  rate_per_s: z.number().min(RATE_MIN).max(50).default(2),
  /** How often a desk that can be read is asked for what people did there, seconds. */
  poll_s: z.number().int().min(5).max(86_400).default(60),
  /** An HTTP proxy on the way to the desk. */
  proxy: proxySettings.optional(),
  /** Lets the desk call when something happens there: `POST /api/inbound/desks/NAME`. */
  inbound: inboundSettings.optional(),
}

/** Reads a secret afresh, so that a rotated file needs no restart. Throws `desk.secret`, without the content. */
export function readSecret(reference: SecretReference, environment = process.env): string {
  const where = 'file' in reference ? `the file ${reference.file}` : `the variable ${reference.env}`
  let value: string | undefined
  try {
    value = 'file' in reference ? readFileSync(reference.file, 'utf8') : environment[reference.env]
  } catch {
    value = undefined
  }
  const secret = value?.trim()
  if (secret) return secret
  throw new AppError('desk.secret', `no secret in ${where}`, {
    nextStep: 'Put the secret there alone, readable by the collector only (mode 0600).',
  })
}

/** The address of a proxy with name and password in it. Throws `desk.secret`, without the content. */
export function proxyAddress({ url, secret }: ProxySettings): string {
  const address = new URL(url)
  if (secret) {
    const [name = '', ...password] = readSecret(secret).split(':')
    address.username = encodeURIComponent(name)
    address.password = encodeURIComponent(password.join(':'))
  }
  return address.href
}
