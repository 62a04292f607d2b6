import { z } from 'zod'
import { serveWebFake, type WebFake, webFaults } from './web-fake.ts'

const count = z.number().int().nonnegative()
const replica = z.strictObject({ localDocCount: count, serverDocCount: count, timeLag: count.default(0) })
const instant = z.iso.datetime()

/** A local module as the world sees it; an empty object is a healthy one of version 1. */
const moduleState = z.strictObject({
  /** Which pages it has, and how it tells what its databases hold. */
  major: z.union([z.literal(1), z.literal(2)]).default(1),
  version: z.string().default('1.5.1-523'),
  dbVersion: z.string().default('2.0.2'),
  name: z.string().default('Проверка'),
  inst: z.string().default('0a1b2c3d-0000-4000-8000-00000000cafe'),
  inn: z.string().default('7701234567'),
  serviceUrl: z.string().default('https://user:secret-of-the-url@rsapi.example/'),
  status: z.string().default('ready'),
  operationMode: z.string().default('active'),
  lastSync: instant.default('2026-11-22T08:58:00.000Z'),
  lastUpdate: instant.default('2026-11-22T06:00:00.000Z'),
  /** How it writes instants. */
  times: z.enum(['milliseconds', 'iso']).default('milliseconds'),
  requiresDownload: z.boolean().default(false),
  isGreyGtin: z.boolean().default(false),
  replicas: z.record(z.string(), replica).default({
    blocked_cis: { localDocCount: 1_000, serverDocCount: 1_020, timeLag: 0 },
    blocked_gtin: { localDocCount: 7, serverDocCount: 7, timeLag: 0 },
  }),
  /** Version 2: a further level around its databases. */
  databases_level: z.boolean().default(false),
  errors: z.array(z.strictObject({ code: z.number(), message: z.string() })).optional(),
  /** Null: it answers everybody. */
  password: z.string().nullable().default('admin'),
  faults: webFaults,
})
export type ModuleState = z.input<typeof moduleState>
type Parsed = z.infer<typeof moduleState>

/** A served local module; `set` replaces its whole state. */
export interface ModuleFake extends WebFake {
  set(state: ModuleState): void
}

/** The status of one state, as the module writes it. */
export function moduleStatus(given: ModuleState | Parsed): object {
  const state = moduleState.parse(given)
  const { major, times, replicas, databases_level, password, faults, errors, ...told } = state
  const write = (at: string) => (times === 'iso' ? at : Date.parse(at))
  const counts = Object.fromEntries(
    Object.entries(replicas).map(([name, { localDocCount }]) => [name, { docCount: localDocCount }]),
  )
  return {
    ...told,
    lastSync: write(state.lastSync),
    lastUpdate: write(state.lastUpdate),
    ...(major === 1 ? { replicationStatus: replicas } : { dbState: databases_level ? { databases: counts } : counts }),
    ...(errors && { errors }),
  }
}

/** Serves a local module on a free port. Starting it anew and asking about codes are forbidden. */
export async function serveLocalModule(initial: ModuleState = {}): Promise<ModuleFake> {
  let state = moduleState.parse(initial)
  const fake = await serveWebFake({
    forbidden: /\/(init|cis)\b/,
    faults: () => state.faults,
    authorization: () =>
      state.password === null ? null : `Basic ${Buffer.from(`admin:${state.password}`).toString('base64')}`,
    pages: () => ({ [`/api/v${state.major}/status`]: () => moduleStatus(state) }),
  })
  return {
    ...fake,
    set: next => {
      state = moduleState.parse(next)
    },
  }
}
