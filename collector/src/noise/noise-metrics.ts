import { Counter, Gauge, type Registry } from 'prom-client'
import { NOISE_COUNTERS, type NoiseCounter, type NoiseNumbers } from './noise-counters.ts'

const HELP: Readonly<Record<NoiseCounter, string>> = {
  flood_held: 'Tickets that waited because too many came at once',
  flood_digests: 'Digests sent in place of tickets',
  mass_raised: 'Mass incidents opened or reopened',
  mass_children: 'Incidents that a mass incident spoke for from their start',
}

/** Shows what noise control did and does, read from the state thread when somebody asks. */
export function registerNoiseMetrics(registry: Registry, noise: NoiseNumbers): void {
  const registers = [registry]
  for (const name of NOISE_COUNTERS) {
    new Counter({
      name: `tillwatch_noise_${name}_total`,
      help: HELP[name],
      registers,
      async collect() {
        const { totals } = await noise.counts()
        this.reset()
        this.inc(totals[name])
      },
    })
  }
  new Gauge({
    name: 'tillwatch_noise_held',
    help: 'Tickets that wait now because too many came at once',
    registers,
    async collect() {
      this.set((await noise.counts()).heldNow)
    },
  })
  new Gauge({
    name: 'tillwatch_noise_mass_incidents',
    help: 'Mass incidents that are not over',
    registers,
    async collect() {
      this.set((await noise.counts()).massNow)
    },
  })
}
