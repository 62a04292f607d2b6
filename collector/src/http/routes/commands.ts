import { AppError, agentCommand } from '@tillwatch/shared'
import { agentCommandsView, commandView } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const agentParams = z.object({ id: z.string().max(64) })
const commandParams = agentParams.extend({ command: z.uuid() })

const unknownAgent = () =>
  new AppError('agent.unknown', 'there is no such agent', { nextStep: 'Open its terminal from the list.' })

/** What can be asked of an agent: a closed set, and what came of it. */
export function registerCommands(app: ApiApp, { reads, courier, live, clock }: RouteContext): void {
  const viewOf = async (tenantId: string, agentId: string) => {
    const view = await reads.commands(tenantId, agentId, clock.now())
    if (!view) throw unknownAgent()
    return view
  }
  app.get(
    '/api/agents/:id/commands',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['agents'],
        summary: 'What was asked of an agent lately, what is switched off, what can be',
        params: agentParams,
        response: { 200: agentCommandsView },
      },
    },
    async request => viewOf(identityOf(request).tenantId, request.params.id),
  )
  app.post(
    '/api/agents/:id/commands',
    {
      config: { access: 'support' },
      schema: {
        tags: ['agents'],
        summary: 'Poll now, switch a check off or on, collect the log',
        params: agentParams,
        body: agentCommand,
        response: { 200: commandView },
      },
    },
    async request => {
      const { tenantId, name } = identityOf(request)
      const { id: agentId } = request.params
      const id = await courier.issue({ tenantId, name }, agentId, request.body)
      live.publish({ topic: 'agent', id: agentId })
      const row = (await viewOf(tenantId, agentId)).rows.find(each => each.id === id)
      if (!row) throw unknownAgent()
      return row
    },
  )
  app.get(
    '/api/agents/:id/commands/:command/log',
    {
      // Redacted where it was written; still, not for everybody who looks.
      config: { access: 'support' },
      schema: { tags: ['agents'], summary: 'The log that a command has brought, as JSON lines', params: commandParams },
    },
    async (request, reply) => {
      const { id: agentId, command } = request.params
      const text = await reads.commandLog(identityOf(request).tenantId, agentId, command)
      if (text === null)
        throw new AppError('command.no_log', 'this command has brought no log', { nextStep: 'Collect it again.' })
      const day = new Date(clock.now()).toISOString().slice(0, 10)
      return reply
        .type('application/x-ndjson; charset=utf-8')
        .header('content-disposition', `attachment; filename="agent-log-${day}.jsonl"`)
        .send(text)
    },
  )
}
