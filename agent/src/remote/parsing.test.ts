import {
  agentCommand,
  COMMAND_OUTCOMES,
  commandResultBody,
  LOG_PARTS_MAX,
  redactLine,
  SWITCH_KINDS,
  targetKey,
  targetOf,
} from '@tillwatch/shared'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foreignLine, mergedExcerpt, shownLine } from '../logs/told-lines.ts'
import { parseDown } from '../uplink/packets.ts'
import { excerptOf, piecesOf } from './log-excerpt.ts'

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/)
const target = fc.oneof(
  fc.string({ minLength: 1, maxLength: 64 }).map(slot => ({ slot })),
  name.map(driver => ({ driver })),
  name.map(probe => ({ probe })),
  fc.tuple(name, fc.stringMatching(/^[!-~][ -~]{0,63}$/)).map(([driver, key]) => ({ question: `${driver}:${key}` })),
)
const instant = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map(date => date.toISOString())
const command = fc.oneof(
  fc.record({ do: fc.constant('poll_now'), slot: fc.string({ minLength: 1, maxLength: 64 }) }),
  fc.record({ do: fc.constant('disable'), target, until: instant }),
  fc.record({ do: fc.constant('enable'), target }),
  fc.record({ do: fc.constant('collect_log'), since: instant, bytes_max: fc.integer({ min: 1_024, max: 262_144 }) }),
)

test('every command of the set comes back as it was said, over the bytes of the wire', () => {
  fc.assert(
    fc.property(command, fc.uuid(), instant, (asked, id, at) => {
      const times = { issued_at: at, expires_at: at, sent_at: at }
      const payload = JSON.stringify({ v: 1, kind: 'command', id, issued_by: 'Анна', ...times, command: asked })
      const parsed = parseDown(new TextEncoder().encode(payload))
      if (!('message' in parsed) || parsed.message.kind !== 'command') throw new Error('not understood')
      expect(agentCommand.parse(parsed.message.command)).toEqual(asked)
    }),
  )
})

test('whatever else comes is refused whole: no part of it is taken for a command', () => {
  const near = fc.tuple(command, fc.object({ maxDepth: 2 })).map(([asked, more]) => ({ ...more, ...asked }))
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.object(), near), value => {
      const parsed = agentCommand.safeParse(value)
      if (parsed.success) expect(parsed.data).toEqual(value)
    }),
  )
  fc.assert(fc.property(fc.uint8Array(), bytes => void parseDown(bytes)))
})

test('the name of a target leads back to the target and fits into a list of facts', () => {
  fc.assert(
    fc.property(target, each => {
      expect(targetOf(targetKey(each))).toEqual(each)
      expect(targetKey(each).length).toBeLessThanOrEqual(128)
    }),
  )
  fc.assert(
    fc.property(fc.string(), key => {
      const found = targetOf(key)
      if (found !== null) expect(SWITCH_KINDS.some(kind => kind in found)).toBe(true)
    }),
  )
})

test('a result survives the wire', () => {
  const result = fc.record({
    id: fc.uuid(),
    outcome: fc.constantFrom(...COMMAND_OUTCOMES),
    text: fc.record({ ru: fc.string({ maxLength: 500 }), en: fc.string({ maxLength: 500 }) }),
    details: fc.dictionary(name, fc.oneof(fc.string(), fc.integer()), { maxKeys: 32 }),
  })
  fc.assert(
    fc.property(result, body => {
      const said: unknown = JSON.parse(JSON.stringify(body))
      expect(commandResultBody.parse(said)).toEqual(said)
    }),
  )
})

const secretText = fc.stringMatching(/^[!-~]{8,40}$/)

test('no password leaves in an excerpt, however it stands in a line', () => {
  fc.assert(
    fc.property(secretText, fc.constantFrom('password', 'Secret', 'token', 'api_key', 'пароль'), (secret, key) => {
      const quoted = JSON.stringify(secret)
      for (const line of [
        JSON.stringify({ time: '2026-11-22T09:00:00.000Z', msg: 'x', [key]: secret }),
        JSON.stringify({ nested: [{ [key]: secret }] }),
        JSON.stringify({ msg: `${key}=${quoted} and more` }),
        `${key}: ${quoted}`,
        `${key}=${secret}`,
      ]) {
        // Without the mark itself: its last sign and what follows may look like a secret.
        const left = redactLine(line, []).replaceAll('[removed]', '')
        expect(left, line).not.toContain(secret)
        expect(left, line).not.toContain(quoted.slice(1, -1))
      }
    }),
  )
})

test('a secret that is known to be one leaves nowhere, and arbitrary lines are survived', () => {
  const known = 'kN0wn-secret-of-this-agent'
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      expect(redactLine(`${before}${known}${after}`, [known])).not.toContain(known)
      expect(redactLine(JSON.stringify({ msg: `${before}${known}${after}` }), [known])).not.toContain(known)
    }),
  )
})

test('logs of other programs keep to the bytes and the pieces too, whatever stands in their lines', () => {
  const unit = fc.constantFrom('a', '"', '\\', 'я', '€', '😀', '\ud800')
  const line = fc.tuple(fc.string({ maxLength: 60, unit }), fc.nat(100)).map(([text, times]) => text.repeat(times))
  const log = fc.tuple(fc.string({ minLength: 1, maxLength: 32, unit }), fc.array(line, { maxLength: 60 }))
  fc.assert(
    fc.property(fc.array(log, { maxLength: 8 }), fc.integer({ min: 1_024, max: 262_144 }), (logs, bytesMax) => {
      const told = logs.map(([name, texts]) => ({
        ...{ name, note: null },
        lines: texts.map((text, n) => foreignLine(name, n, shownLine(text))),
      }))
      const pieces = piecesOf(mergedExcerpt(told, { bytesMax, now: 0 }))
      expect(Buffer.byteLength(pieces.join(''))).toBeLessThanOrEqual(bytesMax)
      expect(pieces.length).toBeLessThanOrEqual(LOG_PARTS_MAX)
      for (const piece of pieces) expect(Buffer.byteLength(JSON.stringify(piece))).toBeLessThanOrEqual(24 * 1_024)
    }),
  )
})

test('an excerpt keeps to its bytes and its pieces to the packet, with every line whole and in order', () => {
  const unit = fc.constantFrom('a', ' ', '"', '\\', 'я', '€', '😀', '\0', '\u001f', '\u2028')
  const line = fc.tuple(fc.string({ maxLength: 60, unit }), fc.nat(100)).map(([text, times]) => text.repeat(times))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), fc.integer({ min: 1_024, max: 262_144 }), (lines, bytesMax) => {
      const taken = excerptOf(lines.join('\n'), { since: null, bytesMax, secrets: [] })
      expect(Buffer.byteLength(taken.map(each => `${each}\n`).join(''))).toBeLessThanOrEqual(bytesMax)
      const pieces = piecesOf(taken)
      expect(pieces.join('')).toBe(taken.map(each => `${each}\n`).join(''))
      expect(pieces.length).toBeLessThanOrEqual(LOG_PARTS_MAX)
      for (const piece of pieces) expect(Buffer.byteLength(JSON.stringify(piece))).toBeLessThanOrEqual(24 * 1_024)
    }),
    { numRuns: 200 },
  )
})
