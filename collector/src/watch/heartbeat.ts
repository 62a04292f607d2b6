import { type Clock, type Component, type Logger, messageOf } from '@tillwatch/shared'
import { Counter, type Registry } from 'prom-client'
import { type HttpClient, redactedUrl } from '../connectors/http-client.ts'
import { createRepeatedJob } from '../repeated-job.ts'

export interface HeartbeatOptions {
  /** Read afresh each time: the address is a secret and may be rotated. */
  readonly url: () => string
  readonly method: 'GET' | 'POST'
  readonly everyMs: number
  readonly allowPrivate: boolean
  readonly isHealthy: () => boolean
  /** Its deadline is the heartbeat's. */
  readonly http: HttpClient
  readonly registry: Registry
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Tells a watcher outside of this machine that the collector is well; whoever misses it raises the alarm that a dead collector cannot.
 * While something fails it keeps silent. Nothing waits for it, and a failure is counted, said once and tried again at the next turn.
 */
export function createHeartbeat(options: HeartbeatOptions): Component {
  const { url, method, everyMs, allowPrivate, isHealthy, http, registry, clock, log } = options
  const stopping = new AbortController()
  const beats = new Counter({
    name: 'tillwatch_heartbeats_total',
    help: 'Heartbeats to the watcher outside, by outcome: sent, failed, withheld',
    labelNames: ['outcome'],
    registers: [registry],
  })
  let wasFailing = false
  const failed = (problem: string) => {
    beats.inc({ outcome: 'failed' })
    if (!wasFailing) log.warn({ problem }, 'the watcher outside does not hear us; it will raise the alarm')
    wasFailing = true
  }
  const beat = async () => {
    if (!isHealthy()) return beats.inc({ outcome: 'withheld' })
    let target: string
    try {
      target = url()
    } catch (thrown) {
      return failed(messageOf(thrown))
    }
    if (!URL.canParse(target)) return failed('the file of the heartbeat holds no address')
    const answer = await http.send({ method, url: target, headers: {}, allowPrivate }, stopping.signal)
    if (stopping.signal.aborted) return
    if (answer.kind !== 'answer') return failed(answer.message)
    if (answer.status >= 300) return failed(`${redactedUrl(target)} answers ${answer.status}`)
    beats.inc({ outcome: 'sent' })
    if (wasFailing) log.info({}, 'the watcher outside hears us again')
    wasFailing = false
  }
  const job = createRepeatedJob('heartbeat', everyMs, beat, { clock, log })
  return {
    start: () => job.start(),
    stop: async () => {
      stopping.abort()
      await job.stop()
    },
  }
}
