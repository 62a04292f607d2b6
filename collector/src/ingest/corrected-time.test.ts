import { describe, expect, test } from 'vitest'
import { correctionOf, type MessageTimes } from './corrected-time.ts'

const correctedBy = (times: Omit<MessageTimes, 'seq'>, seq = 1) => correctionOf({ ...times, seq })
const now = Date.parse('2026-11-22T12:00:00Z')
const hour = 3_600_000
const year = 365 * 24 * hour

describe('time of a reading', () => {
  test('network delay moves nothing: a good clock is taken at its word', () => {
    const time = correctedBy({ recordedAt: now - 1500, sentAt: now - 1400, ageMs: 100, receivedAt: now })
    expect(time.correct(now - 1600)).toBe(now - 1600)
  })
  test('a backlog keeps its times: it is sent late, with the time of sending beside it', () => {
    const time = correctedBy({ recordedAt: now - 48 * hour, sentAt: now - 200, ageMs: 48 * hour, receivedAt: now })
    expect(time.correct(now - 48 * hour - 500)).toBe(now - 48 * hour - 500)
  })
  test('a clock that is years behind is moved whole', () => {
    const time = correctedBy({
      recordedAt: now - 20 * year - 60_000,
      sentAt: now - 20 * year,
      ageMs: 60_000,
      receivedAt: now,
    })
    expect(time.correct(now - 20 * year - 60_000)).toBe(now - 60_000)
    expect(time.skewMs).toBe(-20 * year)
    expect(time.stepped).toBe(false)
  })
  test('a clock set right after the reading: the age by the monotonic clock decides', () => {
    const wrong = now - 20 * year
    const time = correctedBy({ recordedAt: wrong, sentAt: now - 100, ageMs: 600_000, receivedAt: now })
    expect(time.stepped).toBe(true)
    expect(time.correct(wrong - 1000)).toBe(now - 600_000 - 1000)
  })
  test('a clock set wrong after a good reading does not move the reading', () => {
    const time = correctedBy({ recordedAt: now - hour, sentAt: now + year, ageMs: hour, receivedAt: now })
    expect(time.correct(now - hour - 1000)).toBe(now - hour - 1000)
    expect(time.skewMs).toBe(year)
  })
  test('after a restart of the agent the skew at sending is all there is', () => {
    const time = correctedBy({ recordedAt: now - hour, sentAt: now - 2 * hour, ageMs: null, receivedAt: now })
    expect(time.correct(now - 3 * hour)).toBe(now - hour)
  })
  test('nothing was read in the future', () => {
    const time = correctedBy({ recordedAt: now, sentAt: now, ageMs: 0, receivedAt: now })
    expect(time.correct(now + hour)).toBe(now)
  })
  test('readings of a clock that was ahead, set back while the agent was off, keep their order: none takes the place of another', () => {
    const recordedAt = now + 190 * 24 * hour
    const read = [52, 53, 54].map(seq =>
      correctedBy({ recordedAt: recordedAt + seq * hour, sentAt: now, ageMs: null, receivedAt: now }, seq).correct(
        recordedAt + seq * hour,
      ),
    )
    expect(new Set(read).size).toBe(3)
    expect(read).toEqual(read.toSorted((a, b) => a - b))
    expect(read.every(at => at <= now && at > now - 60_000)).toBe(true)
  })
})
