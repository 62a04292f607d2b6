import type { Clock } from '@tillwatch/shared'
import type { Connector } from './connector.ts'
import { createCreatioConnector } from './creatio/connector.ts'
import type { DeskConfig } from './desk-config.ts'
import { createEmailConnector } from './email/connector.ts'
import { createHttpClient, DEADLINE_MS } from './http-client.ts'
import { createItiliumConnector } from './itilium/connector.ts'
import { createMantisConnector } from './mantis/connector.ts'
import { createOkdeskConnector } from './okdesk/connector.ts'
import { createPace, type Pace, pacedClient } from './pace.ts'
import { createRedmineConnector } from './redmine/connector.ts'
import { createRequestTrackerConnector } from './request-tracker/connector.ts'
import { proxyAddress } from './settings.ts'
import { createTelegramConnector } from './telegram/connector.ts'
import { LOOK_DEADLINE_MS } from './telegram/people.ts'
import { createWebhookConnector } from './webhook/connector.ts'

/** A connector with what the runner needs to know of it. */
export interface Desk {
  readonly connector: Connector
  /** Whose incidents it may hear. */
  readonly tenants: readonly string[]
  /** The desk that is told of openings while this one takes none. */
  readonly fallback: { readonly desk: string; readonly afterMs: number } | null
  /** How fast it may be called; its connector keeps to it by itself. */
  readonly pace: Pace
  /** How often it is asked for what people did. */
  readonly pollMs: number
}

/** The desks of the configuration. A new kind of desk is one folder, one line here and one in `desk-config.ts`. */
export function createDesks(configs: readonly DeskConfig[], clock: Clock): readonly Desk[] {
  return configs.map(config => {
    const pace = createPace(config.rate_per_s, clock)
    return {
      connector: connectorOf(config, clock, pace),
      tenants: config.tenants,
      fallback: config.fallback ? { desk: config.fallback.desk, afterMs: config.fallback.after_min * 60_000 } : null,
      pace,
      pollMs: config.poll_s * 1_000,
    }
  })
}

function connectorOf(config: DeskConfig, clock: Clock, pace: Pace): Connector {
  const { proxy } = config
  const way = proxy ? () => proxyAddress(proxy) : null
  const http = pacedClient(createHttpClient(clock, DEADLINE_MS, way), pace)
  switch (config.kind) {
    case 'creatio':
      return createCreatioConnector(config, http)
    case 'itilium':
      return createItiliumConnector(config, http, clock)
    case 'telegram':
      return createTelegramConnector(config, http, createHttpClient(clock, LOOK_DEADLINE_MS, way))
    case 'mantis':
      return createMantisConnector(config, http)
    case 'okdesk':
      return createOkdeskConnector(config, http)
    case 'redmine':
      return createRedmineConnector(config, http)
    case 'request-tracker':
      return createRequestTrackerConnector(config, http)
    case 'webhook':
      return createWebhookConnector(config, http, clock)
    case 'email':
      return createEmailConnector(config, {}, pace)
  }
}
