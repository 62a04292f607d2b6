import type { LiveEvent } from '@tillwatch/shared/api'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { describe, expect, it } from 'vitest'
import { createLiveBus } from '../live/live-bus.ts'
import { STREAM_GATHER_MS, STREAM_GATHERED_MAX } from './limits.ts'
import { createLiveFeed } from './live-feed.ts'

const incident = (id: string): LiveEvent => ({ topic: 'incident', id })

function world(tenantsOf: (events: readonly LiveEvent[]) => Promise<(string | null)[]>) {
  const clock = new ManualClock()
  const bus = createLiveBus()
  const limits = { streams: 5, streamsPerUser: 5, streamBytes: 100 }
  const feed = createLiveFeed({ bus, lookups: { tenantsOf }, clock, log: recordingLogger(), limits })
  const open = (waitingBytes = 0) => {
    const seen = { texts: [] as string[], ended: false }
    const sink = {
      write: (text: string) => void seen.texts.push(text),
      waitingBytes,
      end: () => {
        seen.ended = true
      },
    }
    feed.open({ tenantId: 'main', userId: 'anna', sink, stillSignedIn: async () => true })
    return seen
  }
  return { clock, bus, feed, open }
}

describe('live feed', () => {
  it('says one change once, however often it happened in a moment', async () => {
    const asked: number[] = []
    const { clock, bus, open } = world(async events => {
      asked.push(events.length)
      return events.map(() => 'main')
    })
    const page = open()
    for (let times = 0; times < 50; times++) bus.publish(incident('1'))
    bus.publish(incident('2'))
    await clock.advance(STREAM_GATHER_MS)
    expect(asked).toEqual([2])
    expect(page.texts.join('').match(/data:/g)).toHaveLength(2)
  })

  it('cuts off a reader that does not keep up, and counts it', async () => {
    const { clock, bus, feed, open } = world(async events => events.map(() => 'main'))
    const slow = open(101)
    const quick = open()
    bus.publish(incident('1'))
    await clock.advance(STREAM_GATHER_MS)
    expect(slow.ended).toBe(true)
    expect(quick.ended).toBe(false)
    expect(feed.cutOff).toBe(1)
    expect(feed.readers).toBe(1)
  })

  it('sends its readers to ask anew when there is too much news, or when nobody knows whose it is', async () => {
    const { clock, bus, open } = world(async () => {
      throw new Error('the database is away')
    })
    const first = open()
    for (let id = 0; id <= STREAM_GATHERED_MAX; id++) bus.publish(incident(String(id)))
    await clock.advance(STREAM_GATHER_MS)
    expect(first.ended).toBe(true)
    const second = open()
    bus.publish(incident('1'))
    await clock.advance(STREAM_GATHER_MS)
    expect(second.ended).toBe(true)
  })

  it('asks nobody anything while nobody listens', async () => {
    let asked = 0
    const { clock, bus } = world(async events => {
      asked++
      return events.map(() => 'main')
    })
    bus.publish(incident('1'))
    await clock.advance(STREAM_GATHER_MS * 3)
    expect(asked).toBe(0)
  })
})
