import { SHARDS } from '../limits.ts'

/** Last part of a topic: everything the agent says in order, its presence, everything the collector says. */
export type Channel = 'up' | 'status' | 'down'

const AGENT_ID = /^[a-z0-9][a-z0-9-]{2,62}$/

/** True for what may stand as an agent id: lower case letters, digits and hyphens, 3 to 63 characters. */
export const isAgentId = (id: string): boolean => AGENT_ID.test(id)

/** Shard of an agent, 0..255: FNV-1a over the id. A constant of the protocol, checked by the collector. */
export function shardOf(agentId: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < agentId.length; i++) {
    hash ^= agentId.charCodeAt(i)
    hash = Math.imul(hash, 0x01000193) >>> 0
  }
  return hash % SHARDS
}

/** `tillwatch/v1/{shard}/{agentId}/{channel}` */
export const topicOf = (agentId: string, channel: Channel): string =>
  `tillwatch/v1/${shardOf(agentId)}/${agentId}/${channel}`

/** The parts of one of our topics, or null when it is not one or its shard is not the agent's. */
export function parseTopic(topic: string): { readonly agentId: string; readonly channel: Channel } | null {
  const [root, version, shard, agentId, channel, ...rest] = topic.split('/')
  if (root !== 'tillwatch' || version !== 'v1' || rest.length > 0 || agentId === undefined || !isAgentId(agentId))
    return null
  if (channel !== 'up' && channel !== 'status' && channel !== 'down') return null
  return shard === String(shardOf(agentId)) ? { agentId, channel } : null
}
