import { z } from 'zod'
import { DRIVER_NAMES } from '../drivers/registry.ts'
import { parsePort, shownPort } from '../transport/open-transport.ts'

/** Line rates that serial ports know. */
export const BAUD_RATE = { min: 1_200, max: 921_600 } as const

const password = z.number().int().min(0).max(99_999_999)

/** One way to a register: who is asked, and where. */
const source = z.strictObject({
  driver: z.enum(DRIVER_NAMES),
  /** `/dev/ttyS0`, `COM5`, `tcp://host:port`, `http://host:port`. */
  port: z.string().superRefine((text, context) => {
    const parsed = parsePort(text)
    if (parsed.ok) return
    const ru = `порт «${shownPort(text)}» не понятен; примеры: /dev/ttyS0, COM5, tcp://192.168.137.111:7778, http://127.0.0.1:16732`
    context.addIssue({ code: 'custom', message: `${parsed.error.message}. ${parsed.error.nextStep}`, params: { ru } })
  }),
  /** Line rate of a serial port; absent: the driver's default. */
  baud: z.number().int().min(BAUD_RATE.min).max(BAUD_RATE.max).optional(),
  /** Wire protocol, where a vendor has several; absent: the driver's first. */
  variant: z.number().int().min(1).max(99).optional(),
  /** Secrets that were changed from the factory's; which of them a driver needs stands in its README. */
  passwords: z
    .strictObject({
      operator: password.optional(),
      administrator: password.optional(),
      access: z.string().length(4).regex(/^\d*$/, 'digits alone, in quotes').optional(),
      link: z
        .string()
        .length(4)
        .regex(/^[\x20-\x7e]*$/, 'Latin letters, digits and signs alone')
        .optional(),
      user: z.string().min(1).max(64).optional(),
      password: z.string().max(128).optional(),
    })
    .optional(),
  /** Which register a service on the PC is asked for, where it does not know by itself. */
  device: z
    .strictObject({
      port: z.string().min(1).max(64).optional(),
      model: z.string().min(1).max(32).optional(),
      baud: z.number().int().min(BAUD_RATE.min).max(BAUD_RATE.max).optional(),
      id: z.string().min(1).max(64).optional(),
    })
    .optional(),
})
export type SourceConfig = z.infer<typeof source>

/** One register in the agent's config file. */
export const registerConfig = z.strictObject({
  /** Place on this PC; names the register while its serial is not known. */
  slot: z.string().min(1).max(64),
  ...source.shape,
  /** Further ways to the same register, for when a better one does not answer. The agent orders them by itself. */
  also: z.array(source).max(4).default([]),
  /** Seconds between polls. Five minutes suit a till at work; less is for trials. */
  interval_s: z.number().int().min(5).max(3_600).default(300),
  /** Keep the port open between polls. No other program can use it then. */
  keep_open: z.boolean().default(false),
})
export type RegisterConfig = z.infer<typeof registerConfig>
