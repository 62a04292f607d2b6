import type { Channel, Component, DownMessage, EpochMs } from '@tillwatch/shared'
import type { Credentials } from './access.ts'

/** One packet of one agent, as it came off the wire; not yet looked into. */
export interface InboundPacket {
  readonly agentId: string
  readonly tenantId: string
  readonly channel: Exclude<Channel, 'down'>
  readonly payload: Uint8Array
  readonly receivedAt: EpochMs
  /** Counts connections of this process: tells two connections of one agent apart. */
  readonly session: number
  readonly address: string
  /** True when this connection pushed out another live one of the same agent. */
  readonly tookOver: boolean
}

/** Who may speak, and what is done with strangers. Answers come from the store; a rejection refuses the connection for now. */
export interface Gatekeeper {
  credentialsOf(agentId: string): Promise<Credentials | null>
  /** Somebody knocked under a name that nobody has. Called at a bounded rate. */
  unknownAgent(agentId: string, address: string): void
}

/** The MQTT side of the collector as the rest of it sees it. */
export interface Broker extends Component {
  /** Says something to an agent; silently nothing when it is not connected: it will ask again. */
  send(agentId: string, message: DownMessage): void
  /** Ends the live connection of an agent; its will is then published as after any lost connection. */
  cut(agentId: string): void
  /** Number of the live connection of an agent; null when it is not connected. */
  sessionOf(agentId: string): number | null
  /** Secret hash under which each connected agent came in. */
  secretHashOf(agentId: string): string | null
  readonly connections: number
  /** The port that was bound; for port 0 in the configuration. Only after `start`. */
  readonly port: number
}
