import type { AgentCommandsView, CommandView } from '@tillwatch/shared/api'
import type { Stack } from './stack.ts'

/** A signed-in administrator without a browser. */
export interface PortalSession {
  get<T>(path: string): Promise<T>
  /** Status and body; a collector that dies meanwhile rejects. */
  post(path: string, body: unknown): Promise<{ readonly status: number; readonly body: unknown }>
  /** Gives a command that must be taken. */
  command(agentId: string, body: unknown): Promise<CommandView>
  commands(agentId: string): Promise<AgentCommandsView>
}

/** Signs in by the one-time link of the first administrator. */
export async function signIn(stack: Stack): Promise<PortalSession> {
  const token = new URLSearchParams(new URL(await stack.loginLink()).hash.slice(1)).get('token')
  const headers = { 'content-type': 'application/json', origin: stack.url }
  const invitation = JSON.stringify({ token, name: 'Анна', password: 'correct horse battery' })
  const accepted = await fetch(`${stack.url}/api/invitation`, { method: 'POST', headers, body: invitation })
  const cookie = accepted.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${stack.url}${path}`, { headers: { cookie } })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return (answer.headers.get('content-type')?.startsWith('application/json') ? answer.json() : answer.text()) as T
  }
  const post = async (path: string, body: unknown) => {
    const sent = { method: 'POST', headers: { ...headers, cookie }, body: JSON.stringify(body) }
    const answer = await fetch(`${stack.url}${path}`, sent)
    return { status: answer.status, body: (await answer.json()) as unknown }
  }
  const address = (agentId: string) => `/api/agents/${agentId}/commands`
  return {
    get,
    post,
    command: async (agentId, body) => {
      const answer = await post(address(agentId), body)
      if (answer.status !== 200) throw new Error(`the command was refused: ${JSON.stringify(answer.body)}`)
      return answer.body as CommandView
    },
    commands: agentId => get(address(agentId)),
  }
}
