import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock, EpochMs, Logger } from '@tillwatch/shared'
import type { DeskAgreement, DeskTest, DeskView } from '@tillwatch/shared/api'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Registry } from 'prom-client'
import type { AccountStore } from '../accounts/account-store.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { CriticalRules } from '../critical/critical-part.ts'
import type { DeliveryAct, OpeningAnew } from '../deliveries/delivery-port.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Inbound } from '../inbound/inbound.ts'
import type { Incidents } from '../incidents/incident-service.ts'
import type { LiveBus } from '../live/live-bus.ts'
import type { Maintenance } from '../noise/maintenance.ts'
import type { Problems } from '../problems/problem-service.ts'
import type { Lookups, Reads } from '../reads/reads.ts'
import type { Courier } from '../remote/courier.ts'
import type { RouteKeeping } from '../routing/route-keeper.ts'
import type { RuleAccess } from '../rulebook/rule-part.ts'
import type { AgreementBook } from '../sla/agreement-book.ts'
import type { AgreementDesk } from '../sla/agreement-desk.ts'
import type { SeriesStore } from '../store/series-store.ts'
import type { TicketTemplates } from '../templates/template-service.ts'
import type { DeskCalls } from '../tickets/desk-calls.ts'
import type { HttpLimits } from './limits.ts'

/** The desks as a tenant's portal sees them: those that hear its incidents. */
export interface Desks {
  list(tenantId: string): Promise<DeskView[]>
  /** Makes and finds a test ticket. Rejects with `desk.unknown`. */
  test(tenantId: string, name: string): Promise<DeskTest>
  /** Throws `desk.unknown` for a desk that hears nothing of the tenant's. */
  mustKnow(tenantId: string, name: string): void
  /** What a person wants of one message. Rejects with `delivery.unknown`, also for another tenant's, and `delivery.finished`. */
  act(act: DeliveryAct): Promise<void>
  /** Opens a ticket that was deleted in the desk once more. Rejects with `desk.unknown`, `ticket.*` and `incident.finished`. */
  openAnew(wanted: OpeningAnew): Promise<void>
  /** How tickets and incidents agree in each desk of the tenant's. */
  agreements(tenantId: string): Promise<DeskAgreement[]>
  /** A person says that a desk kept its numbers at its new address. Rejects with `desk.unknown`. */
  confirm(tenantId: string, name: string, actor: string): Promise<void>
  /** Sends again what the desk refused of the tenant's, and ends its pause. Rejects with `desk.unknown`. */
  retry(tenantId: string, name: string): Promise<void>
}

/** One reason why the collector is, or is not, able to work. */
export interface HealthCheck {
  readonly name: string
  readonly ok: boolean
  /** In words for an operator: why not, or what is not as it should be all the same; never a secret, never the text of an error. */
  readonly reason?: string
}

export interface HttpOptions {
  /** Port 0 lets the system choose. */
  readonly listen: { readonly host: string; readonly port: number }
  /** Paths of PEM files. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  /** Addresses or ranges of the proxies in front that speak TLS, or `true` for one proxy with any private address. */
  readonly behindProxy?: boolean | readonly string[] | undefined
  /** Address that people type. Without it the address of the request is compared with its Origin. */
  readonly publicUrl?: string | undefined
  readonly version: string
  readonly startedAt: EpochMs
  readonly clock: Clock
  readonly log: Logger
  /** Service `accounts` of the state thread. */
  readonly accountStore: AccountStore
  readonly accounts: Accounts
  readonly reads: Reads
  /** On a thread of their own: every request asks them. */
  readonly lookups: Lookups
  readonly series: Pick<SeriesStore, 'query'>
  readonly incidents: Incidents
  readonly maintenance: Maintenance
  readonly inbound: Inbound
  readonly problems: Problems
  readonly critical: CriticalRules
  readonly fleet: Pick<Fleet, 'importDirectory' | 'acceptSetting'>
  /** Carries commands to agents. */
  readonly courier: Pick<Courier, 'issue'>
  readonly rules: RuleAccess
  readonly agreements: Pick<AgreementDesk, 'view' | 'reload'>
  readonly agreementBook: AgreementBook
  readonly desks: Desks
  readonly deskCalls: DeskCalls
  readonly routing: Pick<RouteKeeping, 'state'>
  readonly templates: TicketTemplates
  readonly live: LiveBus
  /** What besides the databases must work. */
  readonly health?: () => Promise<readonly HealthCheck[]>
  /** Numbers for Prometheus: to this machine, and to whoever shows the token. */
  readonly metrics: { readonly registry: Registry; readonly token?: string | undefined }
  /** Folder of the built portal; by default `collector/portal/dist`. */
  readonly portalDir?: string | undefined
  readonly limits?: Partial<HttpLimits> | undefined
}

/** What the routes get: the options with every default filled in. */
export interface RouteContext extends HttpOptions {
  readonly limits: HttpLimits
  /** True when the browser speaks HTTPS, to us or to the proxy. */
  readonly secure: boolean
}

/** The server with schemas in zod. */
export type ApiApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>
