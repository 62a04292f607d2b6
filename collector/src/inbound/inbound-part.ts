import type { DatabaseSync } from 'node:sqlite'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { IncidentRoom } from '../incidents/room.ts'
import type { Inbound } from './inbound.ts'
import { createInbound } from './inbound-service.ts'
import { createLinkRoom } from './link-room.ts'
import { createLinkStore } from './link-store.ts'

/** What comes from elsewhere, as the state thread has it. */
export interface InboundPart {
  readonly inbound: Inbound
  readonly room: IncidentRoom
}

/** The part over one connection. Its room has to be asked about every move. */
export function createInboundPart(database: DatabaseSync, store: IncidentStore, keeper: IncidentKeeper): InboundPart {
  const links = createLinkStore(database)
  const room = createLinkRoom(links, store, keeper)
  return { inbound: createInbound(database, { store, keeper, links, room }), room }
}
