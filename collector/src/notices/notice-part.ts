import type { Clock, Component, Logger } from '@tillwatch/shared'
import { Gauge, type Registry } from 'prom-client'
import type { CollectorConfig } from '../config.ts'
import { createMailer } from '../connectors/email/mailer.ts'
import type { NoticeQueue } from './notice-book.ts'
import { createNoticeRunner } from './notice-runner.ts'

export interface NoticePartOptions {
  readonly config: Pick<CollectorConfig, 'notices' | 'http'>
  readonly queue: NoticeQueue
  readonly registry: Registry
  readonly clock: Clock
  readonly random: () => number
  readonly log: Logger
}

/** The way of messages to people as configured; without a mail server they are only counted. */
export function createNoticePart(options: NoticePartOptions): Component {
  const { config, queue, registry } = options
  new Gauge({
    name: 'tillwatch_notices',
    help: 'Messages to people, by state',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const [state, count] of Object.entries(await queue.counts())) this.set({ state }, count)
    },
  })
  if (!config.notices) return { start: async () => {}, stop: async () => {} }
  const { from } = config.notices
  return createNoticeRunner({
    ...options,
    mailer: createMailer(config.notices),
    from,
    publicUrl: config.http.public_url ?? null,
  })
}
