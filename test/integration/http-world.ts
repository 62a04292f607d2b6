import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AccountStore } from '@tillwatch/collector/accounts/account-store'
import { createAccounts } from '@tillwatch/collector/accounts/accounts'
import { createPasswords } from '@tillwatch/collector/accounts/password'
import { createToken } from '@tillwatch/collector/accounts/token'
import type { CriticalRules } from '@tillwatch/collector/critical/critical-part'
import type { Deliveries } from '@tillwatch/collector/deliveries/delivery-port'
import type { Fleet } from '@tillwatch/collector/fleet/fleet'
import type { HttpOptions } from '@tillwatch/collector/http/http-options'
import { createHttpServer, type HttpServer } from '@tillwatch/collector/http/server'
import type { Inbound } from '@tillwatch/collector/inbound/inbound'
import type { Incidents } from '@tillwatch/collector/incidents/incident-service'
import { createLiveBus, type LiveBus } from '@tillwatch/collector/live/live-bus'
import type { Maintenance } from '@tillwatch/collector/noise/maintenance'
import type { Problems } from '@tillwatch/collector/problems/problem-service'
import { createLookupServices } from '@tillwatch/collector/reads/lookup-services'
import { createReadServices } from '@tillwatch/collector/reads/read-services'
import { seedFleet } from '@tillwatch/collector/reads/testing/seeded-fleet'
import { createCourier } from '@tillwatch/collector/remote/courier'
import type { RemoteCommands } from '@tillwatch/collector/remote/remote-commands'
import type { RouteKeeping } from '@tillwatch/collector/routing/route-keeper'
import type { RuleKeeping } from '@tillwatch/collector/rulebook/rule-keeper'
import type { AgreementBook } from '@tillwatch/collector/sla/agreement-book'
import { createAgreementDesk } from '@tillwatch/collector/sla/agreement-desk'
import type { SlaKeeping } from '@tillwatch/collector/sla/sla-book'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import type { TicketTemplates } from '@tillwatch/collector/templates/template-service'
import { startThread } from '@tillwatch/collector/threads/thread'
import { AppError } from '@tillwatch/shared'
import type { Role } from '@tillwatch/shared/api'
import { ManualClock, recordingLogger, seededRandom } from '@tillwatch/shared/testing'
import type { InjectOptions, LightMyRequestResponse, RouteOptions } from 'fastify'
import { Registry } from 'prom-client'

export const ORIGIN = 'http://127.0.0.1:8080'
export const PASSWORD = 'correct horse battery'

/** A browser that is signed in, or not. */
export interface Browser {
  readonly cookie: string
  get(url: string): Promise<LightMyRequestResponse>
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, body?: object): Promise<LightMyRequestResponse>
}

export interface HttpWorld {
  readonly http: HttpServer
  readonly clock: ManualClock
  readonly live: LiveBus
  readonly log: ReturnType<typeof recordingLogger>
  readonly accounts: ReturnType<typeof createAccounts>
  readonly accountStore: AccountStore
  readonly databasePath: string
  /** Every address that the server answers at. */
  readonly routes: readonly RouteOptions[]
  readonly stranger: Browser
  /** A user of the tenant, made through a link and signed in. */
  signIn(name: string, role: Role, tenantId?: string): Promise<Browser>
  inject(request: InjectOptions): Promise<LightMyRequestResponse>
  stop(): Promise<void>
}

/** The HTTP side over a real writer thread and seeded files of two tenants, `main` and `other`; nothing listens unless started. */
export async function createHttpWorld(
  options: Partial<HttpOptions> & { registers?: number; ruleFiles?: Parameters<RuleKeeping['load']>[0] } = {},
): Promise<HttpWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'tillwatch-http-'))
  const databasePath = join(folder, 'state.db')
  const clock = new ManualClock()
  const log = recordingLogger()
  const live = createLiveBus()
  const state = startThread(new URL('../../collector/src/threads/state-thread.ts', import.meta.url), {
    databasePath,
    packs: [],
    overrides: [],
    desks: [],
  })
  const accountStore = state.service<AccountStore>('accounts')
  await accountStore.hasAdministrator()
  const database = openDatabase(databasePath)
  const random = seededRandom(7)
  for (const tenantId of ['main', 'other']) {
    seedFleet(database, { tenantId, registers: options.registers ?? 60, now: clock.now(), random })
  }
  database.close()
  const passwords = createPasswords({ cost: 2, blocks: 8, passes: 1 })
  const accounts = createAccounts({ store: accountStore, passwords, publicUrl: () => ORIGIN })
  const readServices = createReadServices({ databasePath })
  const { lookups } = createLookupServices({ databasePath })
  const rulebook = state.service<RuleKeeping>('rulebook')
  await readServices.ruleReads.adopt(await rulebook.load(options.ruleFiles ?? [], clock.now()))
  const http = createHttpServer({
    listen: { host: '127.0.0.1', port: 0 },
    version: '0.1.0',
    startedAt: clock.now(),
    clock,
    log,
    accountStore,
    accounts,
    reads: readServices.reads,
    lookups,
    series: { query: async () => [{ at: clock.now(), mean: 2, min: 1, max: 3 }] },
    incidents: state.service<Incidents>('incidents'),
    maintenance: state.service<Maintenance>('maintenance'),
    critical: state.service<CriticalRules>('critical'),
    templates: state.service<TicketTemplates>('templates'),
    inbound: state.service<Inbound>('inbound'),
    problems: state.service<Problems>('problems'),
    fleet: state.service<Fleet>('fleet'),
    courier: createCourier({
      ...{ commands: state.service<RemoteCommands>('remote'), live, clock, log, crash: () => {} },
      broker: () => ({ sessionOf: () => null, send: () => {} }),
    }),
    rules: {
      reads: readServices.ruleReads,
      desk: {
        reload: async () => {
          const loaded = await rulebook.load(options.ruleFiles ?? [], clock.now())
          await readServices.ruleReads.adopt(loaded)
          return loaded
        },
      },
      backtests: { start: async () => 'trial', view: () => null },
    },
    agreements: createAgreementDesk({
      files: { calendars: [], policies: [] },
      keeping: state.service<SlaKeeping>('sla'),
      ...{ clock, log },
    }),
    agreementBook: state.service<AgreementBook>('agreementBook'),
    desks: {
      list: async () => [],
      test: async () => ({ ok: true, steps: [], url: null }),
      retry: async () => undefined,
      mustKnow: () => {},
      act: async act => void (await state.service<Deliveries>('deliveries').act(act, clock.now())),
      openAnew: wanted => state.service<Deliveries>('deliveries').openAnew(wanted, clock.now()),
      agreements: async () => [],
      confirm: async () => undefined,
    },
    deskCalls: {
      admit: () => {
        throw new AppError('call.refused', 'no desk calls here')
      },
      take: async () => 'looking',
    },
    routing: state.service<RouteKeeping>('routes'),
    live,
    metrics: { registry: new Registry() },
    portalDir: join(folder, 'portal'),
    ...options,
  })
  const routes: RouteOptions[] = []
  http.app.addHook('onRoute', route => void routes.push(route))
  await http.app.ready()
  const inject = (request: InjectOptions) =>
    http.app.inject({ remoteAddress: '127.0.0.1', ...request, headers: { host: '127.0.0.1:8080', ...request.headers } })
  const browser = (cookie: string): Browser => ({
    cookie,
    get: url => inject({ method: 'GET', url, headers: { cookie } }),
    send: (method, url, body) =>
      inject({ method, url, headers: { cookie, origin: ORIGIN }, ...(body === undefined ? {} : { payload: body }) }),
  })
  const stranger = browser('')
  const signIn = async (name: string, role: Role, tenantId = 'main') => {
    const token = createToken()
    const invitation = { tenantId, name, role, tokenHash: token.hash, expiresAt: clock.now() + 3_600_000 }
    await accountStore.inviteUser(invitation, clock.now())
    const accepted = await accounts.acceptInvitation(
      { token: token.secret, name, password: PASSWORD, userAgent: 'test' },
      clock.now(),
    )
    return browser(`tillwatch=${accepted.secret}`)
  }
  return {
    ...{
      http,
      clock,
      live,
      log,
      accounts,
      accountStore,
      databasePath,
      lookups,
      routes,
      stranger,
      signIn,
      inject,
    },
    async stop() {
      await http.stop()
      await state.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The cookie that an answer sets, as the browser sends it back. */
export function cookieOf(response: LightMyRequestResponse): string {
  const [cookie] = response.cookies
  return cookie ? `${cookie.name}=${cookie.value}` : ''
}
