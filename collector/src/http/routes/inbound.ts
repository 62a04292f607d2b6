import { AppError, assert } from '@tillwatch/shared'
import {
  alertmanagerBody,
  type InboundAlert,
  type InboundAnswer,
  inboundAlert,
  inboundAnswer,
  inboundTicket,
  type TokenScope,
  zabbixEvent,
} from '@tillwatch/shared/api'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { alertOfZabbix, alertsOfAlertmanager } from '../../inbound/foreign-alerts.ts'
import type { Machine } from '../../inbound/inbound.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'
import { createMachineAuth } from '../machine-auth.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body of a machine's request is read. */
    machine: Machine | null
  }
}

function machineIn(request: FastifyRequest): Machine {
  assert(request.machine, 'a machine route without a machine')
  return request.machine
}

/** What machines bring: alerts of other monitoring systems, and tickets of mail robots and forms. Sessions and cookies count nothing here. */
export function registerInbound(app: ApiApp, context: RouteContext): void {
  const { inbound, live, clock, limits } = context
  const machineOf = createMachineAuth(context)
  app.decorateRequest('machine', null)
  // Guessing is bounded by address; a token's own pace comes on top.
  const config = {
    access: 'machine' as const,
    rateLimit: { max: limits.inboundPerMinute, timeWindow: 60_000, groupId: 'inbound' },
  }
  const announced = (answer: InboundAnswer): InboundAnswer => {
    if (answer.incidentId !== null && answer.outcome !== 'repeated' && answer.outcome !== 'ignored')
      live.publish({ topic: 'incident', id: answer.incidentId })
    return answer
  }
  /** Before the body is read, so that a stranger makes us parse nothing; after the count of requests, so that guessing is bounded. */
  const only = (scope: TokenScope) => async (request: FastifyRequest) => {
    request.machine = await machineOf(request, scope)
  }
  const take = async (request: FastifyRequest, alert: InboundAlert): Promise<InboundAnswer> =>
    announced(await inbound.alert(machineIn(request), alert, clock.now()))
  const schema = <Body extends z.ZodType>(summary: string, body: Body) => ({
    tags: ['inbound'],
    summary,
    security: [{ machine: [] }],
    body,
  })
  app.post(
    '/api/inbound/alerts',
    {
      config,
      preParsing: only('monitor'),
      schema: {
        ...schema('A fault that another monitoring system sees, or its end', inboundAlert),
        response: { 200: inboundAnswer },
      },
    },
    async request => take(request, request.body),
  )
  app.post(
    '/api/inbound/alerts/alertmanager',
    {
      config,
      preParsing: only('monitor'),
      bodyLimit: limits.alertsBytes,
      schema: {
        ...schema('The webhook of Alertmanager', alertmanagerBody),
        response: { 200: z.array(inboundAnswer) },
      },
    },
    async request => {
      const answers: InboundAnswer[] = []
      let refusal: AppError | null = null
      // One that is refused must not cost the others, least of all those that end what fills the ceiling.
      for (const alert of alertsOfAlertmanager(request.body)) {
        try {
          answers.push(await take(request, alert))
        } catch (thrown) {
          if (!(thrown instanceof AppError)) throw thrown
          refusal = thrown
        }
      }
      if (refusal) throw refusal
      return answers
    },
  )
  app.post(
    '/api/inbound/alerts/zabbix',
    {
      config,
      preParsing: only('monitor'),
      schema: { ...schema('An event of Zabbix', zabbixEvent), response: { 200: inboundAnswer } },
    },
    async request => take(request, alertOfZabbix(request.body)),
  )
  app.post(
    '/api/inbound/tickets',
    {
      config,
      preParsing: only('tickets'),
      schema: { ...schema('What a person asked for', inboundTicket), response: { 200: inboundAnswer } },
    },
    async request => announced(await inbound.ticket(machineIn(request), request.body, clock.now())),
  )
}
