import { AppError, type Logger } from '@tillwatch/shared'
import type { Problem } from '@tillwatch/shared/api'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'

/** Status of every failure that people may cause and read about. What is not here is our own fault and keeps its words to the log. */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  'session.required': 401,
  'session.wrong': 401,
  'token.required': 401,
  'token.scope': 403,
  'token.unknown': 404,
  'token.too_many': 409,
  'link.unknown': 404,
  'inbound.too_many_open': 429,
  'call.refused': 401,
  'call.unreadable': 400,
  'call.unknown_ticket': 404,
  'role.required': 403,
  'origin.foreign': 403,
  'metrics.forbidden': 403,
  'page.position': 400,
  'route.unknown': 404,
  'terminal.unknown': 404,
  'item.unknown': 404,
  'setting.unknown': 409,
  'incident.unknown': 404,
  'attachment.unknown': 404,
  'incident.not_mass': 404,
  'maintenance.unknown': 404,
  'maintenance.unknown_scope': 422,
  'maintenance.past': 422,
  'maintenance.too_many': 409,
  'agent.unknown': 404,
  'command.no_log': 404,
  'runbook.unknown': 404,
  'backtest.unknown': 404,
  'backtest.busy': 409,
  'backtest.span': 422,
  'backtest.too_many': 422,
  'rules.invalid': 422,
  'rules.loading': 503,
  'problem.unknown': 404,
  'measure.unknown': 404,
  'review.unknown': 404,
  'analysis.unknown': 404,
  'desk.unknown': 404,
  'delivery.unknown': 404,
  'delivery.finished': 409,
  'ticket.unknown': 404,
  'ticket.there': 409,
  'ticket.being_made': 409,
  'template.invalid': 422,
  'account.unknown': 404,
  'session.unknown': 404,
  'invitation.unknown': 404,
  'account.name_taken': 409,
  'account.last_administrator': 409,
  'account.too_many': 409,
  'incident.finished': 409,
  'incident.not_solved': 409,
  'incident.reopen_window': 409,
  'incident.repeated': 409,
  'incident.not_waiting': 409,
  'incident.waiting': 409,
  'incident.critical': 409,
  'incident.not_critical': 409,
  'incident.withdrawn': 409,
  'incident.priority_support': 409,
  'incident.not_yours': 403,
  'incident.mute_past': 422,
  'incident.duplicate_of': 422,
  'assignee.unknown': 422,
  'client.unknown': 422,
  'site.unknown': 422,
  'contract.exists': 409,
  'contract.too_many': 409,
  'contract.unknown': 404,
  'policy.unknown': 422,
  'person.exists': 409,
  'person.too_many': 409,
  'person.unknown': 404,
  'person.contract': 422,
  'agent.revoked': 409,
  'command.waiting': 409,
  'problem.status': 409,
  'problem.root_cause': 409,
  'problem.measures_open': 409,
  'problem.too_many': 409,
  'measure.too_many': 409,
  'review.locked': 409,
  'review.not_needed': 409,
  'command.too_many': 409,
  'command.too_soon': 429,
  'command.too_often': 429,
  'command.until': 422,
  'problem.client': 422,
  'problem.range': 422,
  'incident.silence_past': 422,
  'account.password': 422,
  'account.disabled': 403,
  'invitation.name': 422,
  'series.range': 422,
  'rate.limited': 429,
  'account.busy': 503,
  'live.full': 503,
}

interface Answer {
  readonly status: number
  readonly body: Problem
}

/** The one place where failures become answers. Only expected ones keep their words. */
export function answerOf(error: unknown, requestId: string): Answer {
  if (error instanceof AppError) {
    const status = STATUS_BY_CODE[error.code]
    if (status !== undefined) return { status, body: problemOf(error.code, error.message, error.nextStep) }
    return internal(requestId)
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const fields = error.validation.map(issue => ({
      path: issue.instancePath.replace(/^\//, '').replaceAll('/', '.'),
      message: issue.message ?? 'not allowed',
    }))
    return {
      status: 400,
      body: {
        ...problemOf('request.invalid', 'the request is not what this address takes', 'Correct the named fields.'),
        fields,
      },
    }
  }
  const status = (error as Partial<FastifyError>)?.statusCode ?? 500
  const refusal = REFUSALS[status]
  return refusal ? { status, body: refusal } : internal(requestId)
}

const problemOf = (code: string, message: string, nextStep?: string): Problem => ({
  code,
  message,
  ...(nextStep === undefined ? {} : { nextStep }),
})

/** What the server itself refuses before a route sees it. Its own texts may quote the request, so they are not passed on. */
const REFUSALS: Readonly<Record<number, Problem>> = {
  400: problemOf('request.invalid', 'the request cannot be read', 'Send JSON as the description at /api/docs says.'),
  404: problemOf('route.unknown', 'there is nothing at this address'),
  405: problemOf('request.method', 'this address does not take that method'),
  408: problemOf('request.slow', 'the request took too long to arrive', 'Try again.'),
  413: problemOf('request.too_large', 'the request is larger than this address takes', 'Send it in parts.'),
  414: problemOf('request.too_large', 'the address is longer than the server takes'),
  415: problemOf('request.type', 'the body has a type that this address does not take', 'Send application/json.'),
  429: problemOf('rate.limited', 'too many attempts', 'Wait a few minutes and try again.'),
}

const internal = (requestId: string): Answer => ({
  status: 500,
  body: problemOf(
    'internal',
    'something went wrong on the server',
    `Try again. If it stays, the server's log tells more under request ${requestId}.`,
  ),
})

/** Answers a failed request and writes down what is our own fault. */
export function createErrorHandler(log: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { status, body } = answerOf(error, request.id)
    if (status >= 500) {
      const route = request.routeOptions.url ?? 'unknown'
      log.error({ err: error, requestId: request.id, method: request.method, route }, 'request failed')
    }
    if (status === 503) void reply.header('retry-after', '30')
    return reply.code(status).type('application/json; charset=utf-8').serializer(JSON.stringify).send(body)
  }
}
