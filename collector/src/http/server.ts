import { readFileSync } from 'node:fs'
import fastifyCookie from '@fastify/cookie'
import fastifyRateLimit from '@fastify/rate-limit'
import fastifySwagger from '@fastify/swagger'
import fastifySwaggerUi from '@fastify/swagger-ui'
import { AppError, type Component, messageOf } from '@tillwatch/shared'
import fastify, { type FastifyInstance } from 'fastify'
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { addAuth } from './auth.ts'
import { createErrorHandler } from './errors.ts'
import type { ApiApp, HttpOptions, RouteContext } from './http-options.ts'
import { HTTP_LIMITS, REQUEST_TIMEOUT_MS } from './limits.ts'
import { type ListenPolicy, listenPolicy } from './listen-policy.ts'
import { createLiveFeed, type LiveFeed } from './live-feed.ts'
import { addOriginCheck } from './origin.ts'
import { addPortal } from './portal.ts'
import { registerAgreements } from './routes/agreements.ts'
import { registerAttachments } from './routes/attachments.ts'
import { registerChecks } from './routes/checks.ts'
import { registerCommands } from './routes/commands.ts'
import { registerContracts } from './routes/contracts.ts'
import { registerCritical } from './routes/critical.ts'
import { registerDeliveries } from './routes/deliveries.ts'
import { registerDeskCalls } from './routes/desk-calls.ts'
import { registerDesks } from './routes/desks.ts'
import { registerDirectory } from './routes/directory.ts'
import { registerFleet } from './routes/fleet.ts'
import { registerHealth } from './routes/health.ts'
import { registerInbound } from './routes/inbound.ts'
import { registerIncidents } from './routes/incidents.ts'
import { registerItems } from './routes/items.ts'
import { registerKnowledge } from './routes/knowledge.ts'
import { registerLive } from './routes/live.ts'
import { registerMaintenance } from './routes/maintenance.ts'
import { registerMetrics } from './routes/metrics.ts'
import { registerPassword } from './routes/password.ts'
import { registerPriorities } from './routes/priorities.ts'
import { registerProblems } from './routes/problems.ts'
import { registerReplacements } from './routes/replacements.ts'
import { registerResponsibles } from './routes/responsibles.ts'
import { registerRules } from './routes/rules.ts'
import { registerRunbooks } from './routes/runbooks.ts'
import { registerSession } from './routes/session.ts'
import { registerSessions } from './routes/sessions.ts'
import { registerTicketTemplates } from './routes/ticket-templates.ts'
import { registerTickets } from './routes/tickets.ts'
import { registerTokens } from './routes/tokens.ts'
import { registerUsers } from './routes/users.ts'
import { registerVendorPackages } from './routes/vendor-packages.ts'
import { addSecurityHeaders } from './security-headers.ts'

/** The HTTP side of the collector: API, its description at `/api/docs`, the portal, health and metrics. */
export interface HttpServer extends Component {
  /** For tests: answers without a socket. */
  readonly app: FastifyInstance
  /** Address under which it listens, without a slash at the end; the public one when it was given. Known after `start`. */
  address(): string
}

/**
 * Puts the HTTP side together; nothing listens before `start`. Throws `http.insecure` for plain HTTP that other machines could reach, and
 * `http.tls` when certificate or key cannot be read.
 *
 * ```ts
 * const state = startThread(new URL('./threads/state-thread.ts', import.meta.url), stateData)
 * const readThread = startThread(new URL('./threads/read-thread.ts', import.meta.url), { databasePath })
 * const accountStore = state.service<AccountStore>('accounts')
 * const accounts = createAccounts({ store: accountStore, passwords: createPasswords(), publicUrl: () => http.address() })
 * const http = createHttpServer({
 *   listen: config.http.listen, tls: config.http.tls, behindProxy: config.http.behind_proxy, publicUrl: config.http.public_url,
 *   version, startedAt, clock, log, accountStore, accounts, reads: readThread.service<Reads>('reads'),
 *   lookups: lookupThread.service<Lookups>('lookups'), series,
 *   incidents: state.service<Incidents>('incidents'), inbound: state.service<Inbound>('inbound'), fleet: state.service<Fleet>('fleet'), courier, desks, deskCalls, live, health, metrics: { registry },
 * })
 * await http.start()
 * await showFirstLogin({ accounts, accountStore, clock, log, printLogin: process.stdout.isTTY || printLogin, print: console.log })
 * ```
 */
export function createHttpServer(options: HttpOptions): HttpServer {
  const policy = listenPolicy(options)
  const context: RouteContext = { ...options, limits: { ...HTTP_LIMITS, ...options.limits }, secure: policy.secure }
  const feed = createLiveFeed({ ...options, bus: options.live, limits: context.limits })
  const app = createApp(context, policy)
  app.setErrorHandler(createErrorHandler(options.log))
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.addHook('preClose', async () => feed.stop())
  addSecurityHeaders(app, context)
  addPlugins(app, context)
  void app.register((api, _options, done) => {
    registerRoutes(api.withTypeProvider<ZodTypeProvider>(), context, feed)
    done()
  })
  addPortal(app, options.portalDir)
  let listening = ''
  return {
    app,
    address: () => (options.publicUrl ?? listening).replace(/\/$/, ''),
    async start() {
      const { host, port } = options.listen
      try {
        listening = await app.listen({ host, port, listenTextResolver: address => address })
      } catch (cause) {
        throw new AppError('http.listen', `the portal cannot listen on ${host}:${port}: ${messageOf(cause)}`, {
          nextStep: 'Free the port or set another one under http.listen.',
          cause,
        })
      }
    },
    stop: () => app.close(),
  }
}

function createApp({ tls, limits, log }: RouteContext, { trustProxy }: ListenPolicy): FastifyInstance {
  const app = fastify({
    logger: false,
    trustProxy,
    bodyLimit: limits.bodyBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 300 },
    // Its own answer to an address that is none repeats the address, and with it a secret that a desk has there.
    frameworkErrors: createErrorHandler(log),
    ...(tls ? { https: readTls(tls) } : {}),
  }) as unknown as FastifyInstance
  app.server.maxConnections = limits.connections
  // Only JSON: other types can be sent by a form of a foreign page without asking first.
  app.removeContentTypeParser('text/plain')
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    log.debug({ method: request.method, route, status: reply.statusCode, requestId: request.id }, 'request answered')
  })
  return app
}

function readTls({ cert, key }: { cert: string; key: string }) {
  try {
    return { cert: readFileSync(cert), key: readFileSync(key), minVersion: 'TLSv1.2' as const }
  } catch (cause) {
    throw new AppError('http.tls', `the certificate ${cert} or its key ${key} cannot be read`, {
      cause,
      nextStep: 'Correct http.tls.cert and http.tls.key; the collector must be allowed to read both files.',
    })
  }
}

function addPlugins(app: FastifyInstance, { limits, version }: RouteContext): void {
  void app.register(fastifyCookie)
  void app.register(fastifyRateLimit, {
    global: true,
    max: limits.requestsPerMinute,
    timeWindow: 60_000,
    cache: 10_000,
  })
  void app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tillwatch collector',
        version,
        description:
          'Everything that the portal does. Sign in with POST /api/session; the session is a cookie. Requests that change something need the header Origin of this server.',
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'tillwatch' },
          machine: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ session: [] }],
    },
    transform: jsonSchemaTransform,
  })
  void app.register(fastifySwaggerUi, { routePrefix: '/api/docs', staticCSP: false })
}

/** The noun files, in the order of the description. Hooks come first: they hold for the routes after them. */
function registerRoutes(app: ApiApp, context: RouteContext, feed: LiveFeed): void {
  addOriginCheck(app, context)
  addAuth(app, context)
  registerSession(app, context)
  registerPassword(app, context)
  registerSessions(app, context)
  registerUsers(app, context)
  registerFleet(app, context)
  registerItems(app, context)
  registerChecks(app, context)
  registerCommands(app, context)
  registerIncidents(app, context)
  registerPriorities(app, context)
  registerCritical(app, context)
  registerTickets(app, context)
  registerInbound(app, context)
  registerDeskCalls(app, context)
  registerTokens(app, context)
  registerRules(app, context)
  registerMaintenance(app, context)
  registerRunbooks(app)
  registerVendorPackages(app, context)
  registerAttachments(app, context)
  registerProblems(app, context)
  registerKnowledge(app, context)
  registerAgreements(app, context)
  registerContracts(app, context)
  registerResponsibles(app, context)
  registerReplacements(app, context)
  registerDirectory(app, context)
  registerDesks(app, context)
  registerDeliveries(app, context)
  registerTicketTemplates(app, context)
  registerLive(app, context, feed)
  registerHealth(app, context)
  registerMetrics(app, context)
}
