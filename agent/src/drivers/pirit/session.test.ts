import type { FactName } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import { describe, expect, test } from 'vitest'
import type { Line, LineEvent } from '../../transport/line.ts'
import type { DriverPasswords, PollContext } from '../driver.ts'
import { RegisterMemo } from '../memo.ts'
import { pirit } from './definition.ts'
import { ACK, ENQ, PACKET_IDS } from './framing.ts'
import { createSession } from './session.ts'
import { answerPacket } from './testing.ts'

/** Fields behind the repeated query number, or an error. */
type Answers = Readonly<Record<string, readonly string[] | number>>

const SHIFT_OPEN = ['0', '4', '0']
const HEALTHY: Answers = {
  '00': SHIFT_OPEN,
  '02/1': ['0302345678'],
  '02/3': ['7701234567'],
  '02/4': ['0001234567012345'],
  '02/14': ['150227', '85'],
  '02/15': ['0'],
  '02/17': ['221126', '080311'],
  '02/21': ['4'],
  '02/23': ['1', '0', '0'],
  '02/70': ['665.4.2'],
  '04': ['0'],
  '06/1': ['0'],
  '11/71': ['7709876543'],
  '11/77': ['ofd.example'],
  '11/78': ['7777'],
  '11/81': ['OFD'],
  '13': ['221126', '123005'],
  '78/1': ['9960440300112233'],
  '78/2': ['35', '0', '0'],
  '78/3': ['1054'],
  '78/6': ['41', '1', '17'],
  '78/7': ['1', '', '', '', ''],
  '78/14': ['fn_v_1_2', '1', '4', '1.0', '4'],
  '78/18': ['180000', '24000'],
  '79/6': ['0', '5', '77', '', '', '12'],
}

/** A register that answers from a table, and what it was asked. */
function registerOf(answers: Answers, { acknowledges = true } = {}) {
  const events: LineEvent[] = []
  const asked: string[] = []
  const ids: number[] = []
  const answer = (bytes: Uint8Array) => {
    if (bytes[0] === ENQ) {
      asked.push('ENQ')
      return acknowledges ? Uint8Array.of(ACK) : null
    }
    const text = Buffer.from(bytes).toString('latin1')
    const [command, query] = [text.slice(6, 8), text.slice(8, -3).split('\x1c')[0] ?? '']
    const name = query ? `${command}/${query}` : command
    const id = bytes[5] ?? 0
    asked.push(name)
    ids.push(id)
    const answered = answers[name] ?? 0x02
    if (typeof answered === 'number') return answerPacket({ id, command, error: answered, fields: [] })
    const repeated = query && command !== '11' ? [query] : []
    return answerPacket({ id, command, error: 0, fields: [...repeated, ...answered] })
  }
  const line: Line = {
    kind: 'tcp',
    baudRate: null,
    isLost: false,
    bytesCount: 0,
    receivedCount: 0,
    open: async () => {},
    write(bytes) {
      const answered = answer(bytes)
      if (answered) events.push({ kind: 'bytes', bytes: answered })
    },
    next: async () => events.shift() ?? { kind: 'silence' },
    close: async () => {},
  }
  return { line, asked, ids }
}

async function pollOf(answers: Answers, options: { acknowledges?: boolean; passwords?: DriverPasswords } = {}) {
  const register = registerOf(answers, options)
  const memo = new RegisterMemo()
  const session = createSession({ variant: 1, passwords: options.passwords ?? {} })
  const clock = new ManualClock()
  const poll = async (isDue: PollContext['isDue'] = () => true) => {
    await clock.advance(10_000)
    return session.poll({ clock, line: register.line, memo, untilMs: clock.monotonic() + 1_900, isDue })
  }
  const reading = await poll()
  const told = (name: Parameters<typeof reading.facts.get>[0]) => reading.facts.get(name)?.value
  return { ...register, reading, told, poll }
}

test('ENQ, status, printer and drive come first, then what tells most', async () => {
  const { asked, reading } = await pollOf(HEALTHY)
  expect(asked.slice(0, 8)).toEqual(['ENQ', '00', '04', '78/2', '78/1', '02/1', '13', '02/23'])
  expect(reading).toMatchObject({ link: 'ok', outcome: 'complete', serial: '0302345678', problems: [] })
  expect(asked.filter(name => name === 'ENQ')).toHaveLength(1)
})

test('a window that goes on in the same round only looks whether the register has got work', async () => {
  const { asked, poll } = await pollOf({ ...HEALTHY, '04': ['4'] })
  asked.splice(0)
  const next = await poll((_cadence, answeredAtMs) => answeredAtMs === undefined)
  expect(asked).toEqual(['ENQ', '00', '78/2'])
  expect(next.facts.get('fiscal.register.error')?.value).toBe('cover')
})

test('the register’s serial is asked again only when its drive is another one, or is none that was registered', async () => {
  const answers = { ...HEALTHY }
  const { asked, poll } = await pollOf(answers)
  const serialsIn = async () => {
    asked.splice(0)
    const reading = await poll((cadence, answeredAtMs) => cadence === 'poll' || answeredAtMs === undefined)
    return [asked.filter(name => name === '02/1').length, reading.serial]
  }
  expect(await serialsIn()).toEqual([0, '0302345678'])
  Object.assign(answers, { '02/1': ['0302345679'], '78/1': ['9960440300112234'] })
  expect(await serialsIn()).toEqual([1, '0302345679'])
  expect(await serialsIn()).toEqual([0, '0302345679'])
  for (const change of [{ '78/2': ['33', '0', '0'] }, { '78/2': 0x61 }]) {
    Object.assign(answers, change)
    expect(await serialsIn()).toEqual([1, '0302345679'])
    expect(await serialsIn()).toEqual([1, '0302345679'])
  }
})

test('an ordinary poll asks each thing once and nothing that cannot have changed', async () => {
  const { asked, poll } = await pollOf(HEALTHY)
  asked.splice(0)
  await poll((cadence, answeredAtMs) => cadence === 'poll' || answeredAtMs === undefined)
  expect(asked).toEqual(['ENQ', '00', '04', '78/2', '78/1', '13', '78/7', '78/6', '02/17', '78/3', '79/6'])
})

describe('a document that is not printed to its end', () => {
  const UNPRINTED = { ...HEALTHY, '00': ['0', '4', '130'] }

  test('at the second look in a row tells what the printer waits for, and nothing else is asked', async () => {
    const { asked, poll, reading } = await pollOf({ ...UNPRINTED, '04': ['2'] })
    expect(reading.facts.has('fiscal.register.paper')).toBe(false)
    asked.splice(0)
    const next = await poll()
    expect(asked).toEqual(['ENQ', '00', '04'])
    expect(next).toMatchObject({ link: 'ok', outcome: 'yielded' })
    const told = ['mode', 'paper', 'error'].map(name => next.facts.get(`fiscal.register.${name}` as FactName)?.value)
    expect(told).toEqual(['printing', 'absent', 'paper'])
  })

  test('is another one after a look that saw none', async () => {
    const answers = { ...UNPRINTED }
    const { asked, poll } = await pollOf(answers)
    Object.assign(answers, HEALTHY)
    await poll()
    Object.assign(answers, UNPRINTED)
    asked.splice(0)
    await poll()
    expect(asked).toEqual(['ENQ', '00'])
  })
})

test('a fault that went away is told as none, though the drive cannot be asked', async () => {
  const answers: Record<string, readonly string[] | number> = { ...HEALTHY, '04': ['4'] }
  const { reading, poll } = await pollOf(answers)
  expect(reading.facts.get('fiscal.register.error')?.value).toBe('cover')
  Object.assign(answers, { '04': ['0'], '78/2': 0x01, '06/1': ['1'] })
  expect((await poll()).facts.get('fiscal.register.error')?.value).toBe('none')
})

test('packet numbers go round in their range, one after another over all polls', async () => {
  const { ids, poll } = await pollOf(HEALTHY)
  for (let polls = 0; polls < 20; polls++) await poll()
  expect(ids.length).toBeGreaterThan(400)
  expect(ids).toEqual(ids.map((_, index) => PACKET_IDS.first + (index % (PACKET_IDS.last - PACKET_IDS.first + 1))))
})

test('a device that does not answer ENQ is asked nothing', async () => {
  const { asked, reading } = await pollOf(HEALTHY, { acknowledges: false })
  expect(asked).toEqual(['ENQ', 'ENQ', 'ENQ'])
  expect(reading).toMatchObject({ link: 'silent', problems: [{ code: 'register.silent' }] })
})

test.each([
  ['an open receipt', { '00': ['0', '4', '18'] }, ['ENQ', '00']],
  ['a document that is not printed to its end', { '00': ['0', '4', '130'] }, ['ENQ', '00']],
  ['a document in the drive', { '78/2': ['51', '4', '0'] }, ['ENQ', '00', '04', '78/2']],
])('%s ends the poll at once', async (_title, change, commands) => {
  const { asked, reading } = await pollOf({ ...HEALTHY, ...change })
  expect(asked).toEqual(commands)
  expect(reading).toMatchObject({ link: 'ok', outcome: 'yielded' })
})

describe('before the cash program has begun work', () => {
  const refused = Object.fromEntries(
    Object.keys(HEALTHY)
      .filter(name => /^(02|11|78|79)/.test(name))
      .map(name => [name, 0x01]),
  )

  test('that is told in words, only the clock is asked besides, and work is never begun by us', async () => {
    const { asked, reading, told } = await pollOf({ ...HEALTHY, ...refused, '00': ['0', '1', '0'], '06/1': ['1'] })
    expect(asked).toEqual(['ENQ', '00', '04', '78/2', '06/1', '13'])
    expect(reading.problems).toMatchObject([{ code: 'register.work_not_begun' }])
    expect(told('fiscal.register.clock_at')).toBe('2026-11-22T12:30:05')
  })

  test('it is asked in full again once it has', async () => {
    const answers = { ...HEALTHY, ...refused, '06/1': ['1'] }
    const { asked, poll } = await pollOf(answers)
    Object.assign(answers, HEALTHY)
    asked.splice(0)
    expect((await poll()).facts.get('fiscal.fn.phase')?.value).toBe('fiscal')
    expect(asked).toContain('79/6')
  })

  test('firmware that tells of its drive but not of itself is asked what it can', async () => {
    const { reading, told } = await pollOf({ ...HEALTHY, '02/1': 0x01, '06/1': ['1'] })
    expect(reading.problems).toMatchObject([{ code: 'register.work_not_begun' }])
    expect(reading.facts.get('fiscal.register.serial')).toMatchObject({ value: null, raw: '01' })
    expect(told('fiscal.ofd.unsent_documents')).toBe(0)
  })

  test('the same refusal for another reason is only a state', async () => {
    const { reading } = await pollOf({ ...HEALTHY, '78/2': 0x01, '06/1': ['20'] })
    expect(reading.problems).toEqual([])
    expect(reading.facts.get('fiscal.fn.phase')).toMatchObject({ value: null, raw: '01' })
  })
})

test('a closing that was cut off is told in words', async () => {
  const { reading } = await pollOf({ ...HEALTHY, '00': ['0', '256', '0'] })
  expect(reading.problems).toMatchObject([{ code: 'register.shift_close_unfinished' }])
})

test('a shift’s opening is asked while there is one, the marking queue with FFD 1.2', async () => {
  expect((await pollOf(HEALTHY)).told('fiscal.shift.opened_at')).toBe('2026-11-22T08:03:11')
  const closed = await pollOf({ ...HEALTHY, '00': ['0', '0', '0'] })
  expect(closed.asked).not.toContain('02/17')
  const older = await pollOf({ ...HEALTHY, '78/14': ['fn_v_1', '1', '2', '1.0', '2'] })
  expect(older.asked).not.toContain('79/6')
  expect(older.told('fiscal.register.ffd')).toBe('1.05')
})

test('how many documents fit is asked of the one model that tells it, and of one that is not known', async () => {
  const viki = await pollOf(HEALTHY)
  expect(viki.asked).not.toContain('78/18')
  const reason = 'of this family only Пирит 2СФ tells it'
  expect(viki.reading.facts.get('fiscal.fn.documents_left')).toMatchObject({ value: null, reason })
  expect((await pollOf({ ...HEALTHY, '02/21': ['9'] })).told('fiscal.fn.documents_left')).toBe(180_000)
  const strange = await pollOf({ ...HEALTHY, '02/21': ['12'], '78/18': 0x02 })
  expect(strange.asked).toContain('78/18')
  expect(strange.reading.facts.get('fiscal.fn.documents_left')).toMatchObject({ value: null, reason })
})

test('developers’ firmware and drives are marked', async () => {
  const { reading } = await pollOf({ ...HEALTHY, '02/15': ['1'], '78/14': ['fn_debug', '0', '4', '1.0', '4'] })
  expect(reading.facts.get('fiscal.register.firmware')).toMatchObject({ value: '665.4.2', raw: 'debug' })
  expect(reading.facts.get('fiscal.fn.firmware')).toMatchObject({ value: 'fn_debug', raw: 'debug' })
})

test('a refused password is told without its letters and not tried again', async () => {
  const { asked, reading, poll } = await pollOf({ ...HEALTHY, '00': 0x06 }, { passwords: { link: 'Qx7#' } })
  expect(asked).toEqual(['ENQ', '00'])
  expect(reading).toMatchObject({ link: 'error', problems: [{ code: 'register.password' }] })
  expect(JSON.stringify([reading.problems, [...reading.facts]])).not.toContain('Qx7#')
  await poll()
  expect(asked).toEqual(['ENQ', '00'])
})

test('the vendor’s service on the PC is told from the register itself by its port', () => {
  const source = (port: number) => pirit.source({ kind: 'tcp', host: '127.0.0.1', port })
  expect([source(50_003), source(50_004), pirit.source({ kind: 'serial', path: 'COM5' })]).toEqual([
    'driver_service',
    'register',
    'register',
  ])
})
