import { z } from 'zod'

/** A host by name or number, without a port: nothing but the known ports of registers and of their services is touched there. */
const host = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9a-fA-F:]+$/, 'a host name or address without a port')

/** `discovery:` in the agent's config file: where registers are looked for while none are listed. */
export const discoveryConfig = z.strictObject({
  /** Hosts besides this PC whose ports of registers are looked at. */
  also: z.array(host).max(8).default([]),
  /** Ports that are never opened: `COM3`, `/dev/ttyS1`, `tcp://127.0.0.1:7778`. */
  never: z.array(z.string().min(1).max(256)).max(32).default([]),
})
