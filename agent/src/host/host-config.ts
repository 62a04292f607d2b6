import { isIP } from 'node:net'
import { z } from 'zod'

const seconds = (min: number, max: number, standard: number) => z.number().int().min(min).max(max).default(standard)

/**
 * How a probe treats what is not there. `auto`: looked for, and told only from the day it was first seen; `on`: told also when it
 * was never there; `off`: not looked for.
 */
const presence = z.enum(['auto', 'on', 'off']).default('auto')
export type Presence = z.infer<typeof presence>

const onOff = z.enum(['on', 'off']).default('on')

/** A text that `isFit`; else told by what it has to be. The text itself is not repeated: it may hold a password. */
const textThat = (isFit: (text: string) => boolean, ru: string, en: string) =>
  z
    .string()
    .max(256)
    .superRefine((text, context) => {
      if (!isFit(text)) context.addIssue({ code: 'custom', message: en, params: { ru } })
    })

const isWebRoot = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !/[@?#\s]/.test(text)

/** Root of a web service, without credentials, which have keys of their own, and without a query, which would be lost. */
const address = textThat(
  isWebRoot,
  'нужен адрес без пользователя и запроса, например http://localhost:8080',
  'expected an address without user and query, such as http://localhost:8080',
)
const addresses = (...standard: readonly string[]) =>
  z
    .array(address)
    .max(8)
    .default([...standard])

const server = textThat(
  text => isIP(text) !== 0 || /^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$/.test(text),
  'нужно имя или адрес сервера без порта, например time.example',
  'expected a server by name or address, without a port, such as time.example',
)

/** Name of a Windows service or of a systemd unit; never a switch of a command line. */
const serviceName = textThat(
  text => /^[A-Za-z0-9_@][A-Za-z0-9_@.: -]{0,47}$/.test(text),
  'нужно имя службы: до 48 латинских букв, цифр, пробелов и знаков _ @ . : -',
  'expected the name of a service: up to 48 letters, digits, spaces and _ @ . : -',
)

const program = z.strictObject({
  /** What people call it. */
  name: z.string().min(1).max(48),
  /** Names of its process, any of them; case does not matter. */
  processes: z.array(z.string().min(1).max(64)).min(1).max(8),
})
export type PosProgram = z.infer<typeof program>

/** POS programs by the names of their processes. */
const POS_PROGRAMS: readonly PosProgram[] = [
  { name: 'iikoFront', processes: ['iikoFront.Net.exe'] },
  { name: 'Frontol', processes: ['Frontol.exe'] },
  { name: '1C', processes: ['1cv8.exe', '1cv8c.exe', '1cv8', '1cv8c'] },
  { name: 'r_keeper', processes: ['midserv.exe', 'wincash.exe'] },
]

/** Services of register drivers and of the EGAIS UTM. */
const SERVICES = [
  'VT_inecrman',
  'ComProxy',
  'VikiDriver',
  'EoU',
  'Transport',
  'Transport-Monitoring',
  'Transport-Updater',
] as const

/** `host:` in the agent's config file: one key a probe, the system probe at the top. */
export const hostConfig = z.strictObject({
  /** How often the PC itself is looked at: disk, memory, processor. */
  interval_s: seconds(15, 3_600, 300),
  /** Is the PC's clock kept right, and against what? */
  clock: z
    .strictObject({
      mode: onOff,
      interval_s: seconds(60, 86_400, 900),
      /** A time server to compare the clock with; absent: none is asked. */
      sntp_server: server.optional(),
    })
    .prefault({}),
  antivirus: z.strictObject({ mode: onOff, interval_s: seconds(60, 86_400, 3_600) }).prefault({}),
  remote_access: z.strictObject({ mode: onOff, interval_s: seconds(60, 86_400, 3_600) }).prefault({}),
  /** Services of vendors: register drivers, the UTM. */
  services: z
    .strictObject({
      mode: presence,
      interval_s: seconds(15, 3_600, 300),
      names: z
        .array(serviceName)
        .max(16)
        .default([...SERVICES]),
    })
    .prefault({}),
  pos_app: z
    .strictObject({
      mode: presence,
      interval_s: seconds(15, 3_600, 300),
      programs: z
        .array(program)
        .max(8)
        .default([...POS_PROGRAMS]),
    })
    .prefault({}),
  egais_utm: z
    .strictObject({
      mode: presence,
      interval_s: seconds(15, 3_600, 300),
      addresses: addresses('http://localhost:8080'),
    })
    .prefault({}),
  /** Local module of Chestny ZNAK. User and password are those of its factory until somebody changes them. */
  chz_lm: z
    .strictObject({
      mode: presence,
      interval_s: seconds(15, 3_600, 300),
      addresses: addresses('http://localhost:5995'),
      user: z.string().max(64).default('admin'),
      password: z.string().max(128).default('admin'),
    })
    .prefault({}),
  /** TS PIoT has no port that is always its own: nothing is asked without an address. */
  ts_piot: z.strictObject({ mode: presence, interval_s: seconds(15, 3_600, 300), addresses: addresses() }).prefault({}),
  /** Does the way from this PC to the OFD servers of its registers work? */
  ofd_reach: z.strictObject({ mode: onOff, interval_s: seconds(60, 3_600, 300) }).prefault({}),
})
export type HostConfig = z.infer<typeof hostConfig>
