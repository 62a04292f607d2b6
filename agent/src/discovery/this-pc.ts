import { uptime } from 'node:os'
import { openLine } from '../transport/open-transport.ts'
import { findPortHolder, seesEveryHolder } from '../transport/port-holder.ts'
import type { FinderWorld } from './register-finder.ts'
import { listSerialPorts } from './serial-ports.ts'

/** The real ports of the PC that the agent runs on. */
export const thisPc: FinderWorld = {
  open: openLine,
  holderOf: findPortHolder,
  seesEveryHolder,
  listPorts: listSerialPorts,
  uptimeMs: () => uptime() * 1_000,
}
