import { z } from 'zod'
import { isAgentId } from './topics.ts'

/** The file that makes an agent somebody: written by `tillwatch agent add`, read by the agent, kept readable by its owner alone. */
export const identityFile = z.object({
  version: z.literal(1),
  /** Broker address, `mqtts://host:port`. */
  url: z.url({ protocol: /^mqtts$/, error: 'an address as mqtts://host:port' }),
  agent: z.string().refine(isAgentId, 'lower case letters, digits and hyphens, 3 to 63 characters'),
  /** 256 random bits, base64url. The collector keeps only its SHA-256. */
  secret: z.string().regex(/^[A-Za-z0-9_-]{43}$/, '43 characters of base64url'),
  /** PEM of the authority that signed the broker's certificate. */
  ca: z.string().startsWith('-----BEGIN CERTIFICATE-----'),
})
export type IdentityFile = z.infer<typeof identityFile>
