import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type PackProblem, readSource } from '@tillwatch/rules'
import { fileTrouble, SpokenError } from '@tillwatch/shared'
import type { BilingualText } from '@tillwatch/shared/api'
import { z } from 'zod'
import { deskConfigs } from './connectors/desk-config.ts'
import { secretReference } from './connectors/settings.ts'
import { UNFIXED_POLICIES } from './incidents/incident.ts'
import { noticesConfig } from './notices/notice-mail.ts'
import { USUAL_PROPOSALS } from './problems/proposal.ts'

/** `host:port` or `[ipv6]:port`. */
const listenAddress = (defaultPort: number) =>
  z
    .string()
    .refine(text => /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/.test(text), {
      message: 'host:port, for example 0.0.0.0:8883',
      params: { ru: 'нужно host:port, например 0.0.0.0:8883' },
    })
    .default(`127.0.0.1:${defaultPort}`)
    .transform(text => {
      const colon = text.lastIndexOf(':')
      return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) }
    })
    .refine(address => address.port <= 65_535, {
      message: 'a port from 0 to 65535',
      params: { ru: 'порт может быть от 0 до 65535' },
    })

/** One address, or a range as `10.0.0.0/8`. */
const proxyAddress = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'addresses or ranges, for example [10.0.0.5, 10.1.0.0/16]',
})

/** Where something listens. Port 0 lets the system choose. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const days = (usual: number) => z.number().int().min(1).max(4000).default(usual)

/** The collector's configuration file. Secrets are never in it: a desk names a file that holds its secret. */
const collectorConfig = z.strictObject({
  /** Folder of everything that must survive: databases, the authority of the broker, secrets. Relative to the file. */
  data_dir: z.string().min(1).default('./data'),
  broker: z
    .strictObject({
      listen: listenAddress(8883),
      tls: z
        .strictObject({
          /** Host names and addresses by which agents reach the broker; they go into its certificate. */
          names: z.array(z.string().min(1).max(253)).max(32).default([]),
        })
        .prefault({}),
      /** Written into identity files; by default `mqtts://` + the first name + the port. */
      public_url: z.url({ protocol: /^mqtts$/, error: 'an address as mqtts://host:port' }).optional(),
      /** Open connections; a reconnecting fleet needs one for each till. */
      connections_max: z.number().int().min(1).max(100_000).default(20_000),
    })
    .prefault({}),
  http: z
    .strictObject({
      listen: listenAddress(8080),
      tls: z.strictObject({ cert: z.string(), key: z.string() }).optional(),
      /**
       * Addresses or ranges of the proxies in front that speak TLS, or true for one proxy with any private address; only then may plain HTTP
       * listen beyond loopback.
       */
      behind_proxy: z.union([z.boolean(), z.array(proxyAddress).min(1).max(32)]).default(false),
      /** Address that people type; the Origin check and links in tickets use it. */
      public_url: z.url({ protocol: /^https?$/, error: 'an address as https://host' }).optional(),
      /** Lets whoever shows the token read /metrics from another machine. */
      metrics: z.strictObject({ token: secretReference }).optional(),
    })
    .prefault({}),
  /** Rule packs beside the shipped ones, and override packs, in order. Relative to the file. */
  packs: z.array(z.string().min(1)).max(64).default([]),
  overrides: z.array(z.string().min(1)).max(64).default([]),
  /** Folder whose *.yaml are all read, packs and overrides alike, in the order of their names, after those listed. Relative to the file. */
  rules_dir: z.string().min(1).optional(),
  /** Working calendars and policies of service levels beside the shipped ones; a later one replaces an earlier one of the same id. Relative to the file. */
  calendars: z.array(z.string().min(1)).max(64).default([]),
  policies: z.array(z.string().min(1)).max(64).default([]),
  /** The mail server that messages to people are handed to. Without it they are kept and shown, and not sent. */
  notices: noticesConfig.optional(),
  /** Service desks; each kind checks its own fields. */
  desks: deskConfigs.default([]),
  /** Files that say which incidents go to which desk, in order; without them every desk of a tenant hears of all. Relative to the file. */
  routes: z.array(z.string().min(1)).max(64).default([]),
  incidents: z
    .strictObject({
      /** What the machine does, by tenant, about one that a person solved while its fault lasts; `after_grace` where nothing is said. */
      reopen_unfixed: z.record(z.string().min(1).max(64), z.enum(UNFIXED_POLICIES)).default({}),
    })
    .prefault({}),
  /** What holds tickets back. */
  noise: z
    .strictObject({
      /** How many registers of a client make a mass incident, by the client's code: contracts of small clients may say 2. */
      mass_members: z.record(z.string().min(1).max(64), z.number().int().min(2).max(1000)).default({}),
    })
    .prefault({}),
  /** When repeated incidents of one type become a proposed problem. */
  problems: z
    .strictObject({
      /** So many on one item within so many days … */
      repeats: z.number().int().min(2).max(1000).default(USUAL_PROPOSALS.repeats),
      repeat_days: z.number().int().min(1).max(366).default(USUAL_PROPOSALS.repeatDays),
      /** … or on so many items within so many days. */
      items: z.number().int().min(2).max(1000).default(USUAL_PROPOSALS.items),
      item_days: z.number().int().min(1).max(366).default(USUAL_PROPOSALS.itemDays),
      /** A rejected proposal stays quiet so long, or until its count doubles. */
      quiet_days: z.number().int().min(1).max(366).default(USUAL_PROPOSALS.quietDays),
    })
    .prefault({}),
  /** A watcher outside of this machine that is told regularly that the collector is well. Its address is a secret. */
  heartbeat: z
    .strictObject({
      url: secretReference,
      method: z.enum(['GET', 'POST']).default('GET'),
      every_s: z.number().int().min(10).max(3_600).default(60),
      timeout_s: z.number().int().min(1).max(60).default(10),
      /** Lets it lead into a private network. */
      allow_private: z.boolean().default(false),
    })
    .optional(),
  retention: z
    .strictObject({
      raw_days: days(30),
      hourly_days: days(400),
      /** What changed and when; the newest change of each fact stays. */
      changes_days: days(400),
      /** Quarantined messages and events of agents, commands to them and the logs that these brought. */
      events_days: days(90),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
})

/** The file after checking, with defaults filled in and every path absolute. */
export type CollectorConfig = z.infer<typeof collectorConfig>

/** Text of a configuration file to a checked configuration; relative paths count from `baseDir`. Throws `config.invalid` naming every wrong key. */
export function parseConfig(text: string, file: string, baseDir: string): CollectorConfig {
  const { content: config, value, problems } = readSource({ file, text }, collectorConfig)
  if (!config) throw invalid(file, value, problems)
  const here = (path: string) => resolve(baseDir, path)
  return {
    ...config,
    data_dir: here(config.data_dir),
    packs: config.packs.map(here),
    overrides: config.overrides.map(here),
    calendars: config.calendars.map(here),
    policies: config.policies.map(here),
    routes: config.routes.map(here),
    ...(config.notices ? { notices: withSecretPaths(config.notices, here) } : {}),
    ...(config.rules_dir === undefined ? {} : { rules_dir: here(config.rules_dir) }),
    desks: withSecretPaths(config.desks, here),
    heartbeat: withSecretPaths(config.heartbeat, here),
    http: {
      ...config.http,
      ...(config.http.tls ? { tls: { cert: here(config.http.tls.cert), key: here(config.http.tls.key) } } : {}),
      metrics: withSecretPaths(config.http.metrics, here),
    },
  }
}

/** A secret is named by its file as `{file: PATH}`; the path counts from the configuration file. */
function withSecretPaths<T>(value: T, here: (path: string) => string): T {
  if (Array.isArray(value)) return value.map(part => withSecretPaths<unknown>(part, here)) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [first] = entries
  if (entries.length === 1 && first?.[0] === 'file' && typeof first[1] === 'string')
    return { file: here(first[1]) } as T
  return Object.fromEntries(entries.map(([key, part]) => [key, withSecretPaths<unknown>(part, here)])) as T
}

/** Reads and checks a configuration file. Throws `config.unreadable` or `config.invalid`. */
export function loadConfig(file: string): CollectorConfig {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const { ru, en } = fileTrouble(cause)
    throw new SpokenError(
      'config.unreadable',
      {
        ru: `Файл настроек ${file} не читается: ${ru}`,
        en: `the configuration file ${file} cannot be read: ${en}`,
      },
      {
        ru: 'Укажите путь к нему в --config; образец: collector/config.example.yaml.',
        en: 'Give its path with --config; collector/config.example.yaml is a start.',
      },
      { cause },
    )
  }
  return parseConfig(text, file, dirname(resolve(file)))
}

function invalid(file: string, value: unknown, problems: readonly PackProblem[]): SpokenError {
  const lines = problems.map(problem => lineOf(file, value, problem))
  const inAll = (language: keyof BilingualText): string => lines.map(line => line[language]).join('\n')
  return new SpokenError(
    'config.invalid',
    { ru: inAll('ru'), en: inAll('en') },
    {
      ru: 'Исправьте названные строки. Все ключи показывает collector/config.example.yaml, ключи служб поддержки описаны в docs/connectors.',
      en: 'Correct the named lines. collector/config.example.yaml shows every key with its default, docs/connectors the keys of each kind of desk.',
    },
    { context: { file, problems: problems.length } },
  )
}

/** `collector.yaml:9: desks[0].project (support): is missing; …`: a desk is named, because people know it by its name. */
function lineOf(file: string, value: unknown, { line, path, reason, ru }: PackProblem): BilingualText {
  const index = /^desks\[(\d+)\]/.exec(path)?.[1]
  const named = z.object({ desks: z.array(z.unknown()) }).safeParse(value)
  const desk = z.object({ name: z.string() }).safeParse(named.data?.desks[Number(index)])
  const where = `${path}${desk.success ? ` (${desk.data.name})` : ''}`
  const start = `${file}:${line}: ${where === '' ? '' : `${where}: `}`
  return { ru: `${start}${ru ?? reason}`, en: `${start}${reason}` }
}
