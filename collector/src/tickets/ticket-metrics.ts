import { DESK_FINDINGS } from '@tillwatch/shared/api'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Reconciliation } from './reconciliation.ts'

/** Shows how tickets and incidents agree, read from the state thread when somebody asks. */
export function registerTicketMetrics(registry: Registry, reconciliation: Pick<Reconciliation, 'numbers'>): void {
  const registers = [registry]
  new Gauge({
    name: 'tillwatch_tickets_apart',
    help: 'What did not agree when a desk was compared with the incidents last, by its sort',
    labelNames: ['desk', 'sort'],
    registers,
    async collect() {
      this.reset()
      for (const { desk, found } of await reconciliation.numbers())
        for (const sort of DESK_FINDINGS) this.set({ desk, sort }, found[sort] ?? 0)
    },
  })
  new Gauge({
    name: 'tillwatch_tickets_elsewhere',
    help: 'Tickets from another address than their desk has now',
    labelNames: ['desk'],
    registers,
    async collect() {
      this.reset()
      for (const { desk, elsewhere } of await reconciliation.numbers()) this.set({ desk }, elsewhere)
    },
  })
  new Counter({
    name: 'tillwatch_ticket_openings_repaired_total',
    help: 'Openings that left no ticket and were sent again',
    labelNames: ['desk'],
    registers,
    async collect() {
      this.reset()
      for (const { desk, repaired } of await reconciliation.numbers()) this.inc({ desk }, repaired)
    },
  })
  new Counter({
    name: 'tillwatch_ticket_comments_left_total',
    help: 'Comments that stayed in their desk because too many came within an hour',
    labelNames: ['desk'],
    registers,
    async collect() {
      this.reset()
      for (const { desk, leftThere } of await reconciliation.numbers()) this.inc({ desk }, leftThere)
    },
  })
}
