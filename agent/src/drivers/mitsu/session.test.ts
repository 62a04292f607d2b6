import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import type { Line } from '../../transport/line.ts'
import type { PollContext } from '../driver.ts'
import { RegisterMemo } from '../memo.ts'
import { createSession } from './session.ts'

const ANSWERS: Readonly<Record<string, string>> = {
  "<GET INFO='0'/>": "<OK SHIFT='7' STATE='1' COUNT='3'/>",
  "<GET VER='?' DATE='?' TIME='?'/>": "<OK VER='1.1.06' SERIAL='065001234567890' DATE='2026-11-22' TIME='12:30:00'/>",
  "<GET INFO='FN'/>": "<OK FN='9960440300112233' PHASE='0x03' REG='1|29' VALID='2028-02-14' LAST='80' FLAG='0x00'/>",
  "<GET INFO='OFD'/>": "<OK COUNT='0'/>",
  "<GET OFD='?'/>": "<OK OFD='ofd.example' PORT='7777' CLIENT='0'/>",
  "<GET DEV='?'/>": "<OK DEV='MITSU-1-F'/>",
  "<GET REG='?'/>": `<OK T1209='4' T1037='0001234567012345' T1018='7701234567' T1017='7709876543' MODE='0'><T1046>OFD</T1046><T1009>${'an address '.repeat(45)}</T1009></OK>`,
  "<GET INFO='NOT'/>": "<OK PENDING='2'/>",
}

const THINKING_MS = 60
/** Bytes take their time on a cable: ten bits each. */
const wireMs = (bytes: Uint8Array, baudRate: number) => (bytes.length * 10_000) / baudRate

/** Polls a register at the end of a cable of that rate until all is read; gives what was asked and told in each hold. */
async function pollAt(baudRate: number, answers = ANSWERS, holdsMax = 10) {
  const asked: string[] = []
  const clock = new ManualClock()
  let answer = new Uint8Array()
  const line: Line = {
    kind: 'serial',
    baudRate,
    isLost: false,
    bytesCount: 0,
    receivedCount: 1,
    open: async () => {},
    write(bytes) {
      const query = Buffer.from(bytes.subarray(3, -2)).toString()
      asked.push(query)
      const data = [...Buffer.from(answers[query] ?? "<ERROR No='99'/>"), 0x03]
      answer = Uint8Array.of(
        ...data,
        data.reduce((sum, byte) => sum ^ byte, 0),
      )
      void clock.advance(wireMs(bytes, baudRate))
    },
    next: async timeoutMs => {
      const bytes = answer
      answer = new Uint8Array()
      await clock.advance(bytes.length > 0 ? THINKING_MS + wireMs(bytes, baudRate) : timeoutMs)
      return bytes.length > 0 ? { kind: 'bytes', bytes } : { kind: 'silence' }
    },
    close: async () => {},
  }
  const memo = new RegisterMemo()
  const session = createSession({ variant: 1, passwords: {} })
  const roundBeganMs = clock.monotonic()
  for (let holds = 1; ; holds++) {
    const beganMs = clock.monotonic()
    const context: PollContext = {
      clock,
      line,
      memo,
      untilMs: beganMs + 1_900,
      isDue: (cadence, atMs) => atMs === undefined || (cadence === 'poll' && atMs < roundBeganMs),
    }
    const reading = await session.poll(context)
    expect(clock.monotonic() - beganMs).toBeLessThanOrEqual(1_900)
    if (reading.outcome === 'complete' || holds === holdsMax) return { asked, reading, memo, holds }
    await clock.advance(10_000)
  }
}

test('the cheapest query comes first, and everything is read at a usual rate', async () => {
  const { asked, reading } = await pollAt(115_200)
  expect(asked).toEqual(Object.keys(ANSWERS))
  expect(reading).toMatchObject({ link: 'ok', outcome: 'complete', serial: '065001234567890', problems: [] })
})

test.each([2_400, 4_800])(
  'a cable of %i baud says that it is too slow for the registration, and all else is read',
  async baudRate => {
    const { asked, reading } = await pollAt(baudRate)
    expect(asked).not.toContain("<GET REG='?'/>")
    expect(reading.outcome).toBe('complete')
    expect(reading.facts.get('fiscal.register.inn')).toMatchObject({
      value: null,
      reason: `the line is too slow for it: ${baudRate} baud`,
    })
    const known = ['fiscal.ofd.unsent_documents', 'fiscal.fn.valid_until', 'fiscal.register.model'] as const
    for (const name of known) expect(reading.facts.get(name)?.reason, name).toBeUndefined()
  },
)

test('a cable of 9600 baud carries all, in several holds', async () => {
  const { reading, holds } = await pollAt(9_600)
  expect(reading).toMatchObject({ outcome: 'complete', problems: [] })
  expect(reading.facts.get('fiscal.register.inn')?.value).toBe('7701234567')
  expect(holds).toBeGreaterThan(1)
})

test('a fault by a number of which one driver alone has the meaning is a problem, no state', async () => {
  const { reading } = await pollAt(115_200, { ...ANSWERS, "<GET DEV='?'/>": "<ERROR No='500'/>" })
  expect(reading.facts.get('fiscal.register.error')).toMatchObject({ value: null })
  expect(reading.problems.map(({ code }) => code)).toEqual(['register.error.500'])
})

test.each([
  ['a number that nobody knows', "<ERROR No='94'/>"],
  ['a fault of the printer', "<ERROR No='500'/>"],
  ['an answer to another question', "<OK DEV='MITSU-1-F'/>"],
])(
  'a register that tells its shift by %s may be at work: nothing else is asked, and it does not count as well',
  async (_title, answer) => {
    const { asked, reading } = await pollAt(115_200, { ...ANSWERS, "<GET INFO='0'/>": answer }, 1)
    expect(asked).toEqual(["<GET INFO='0'/>"])
    expect(reading).toMatchObject({ link: 'busy', outcome: 'yielded' })
    expect(reading.problems.map(({ code }) => code)).toContain('register.unclear')
  },
)

test.each([
  ['no drive', "<ERROR No='69'/>"],
  ['a drive that was never registered', "<ERROR No='40' FSE='0x02'/>"],
])('a register with %s has no shift and is read all the same', async (_title, answer) => {
  const { reading } = await pollAt(115_200, { ...ANSWERS, "<GET INFO='0'/>": answer })
  expect(reading).toMatchObject({ link: 'ok', outcome: 'complete' })
  expect(reading.facts.get('fiscal.fn.valid_until')?.value).toBe('2028-02-14')
})

test('work mode and OFD that contradict one another do not silence the queue', async () => {
  const registration = ANSWERS["<GET REG='?'/>"]?.replace("MODE='0'", "MODE='2'") ?? ''
  const { reading } = await pollAt(115_200, {
    ...ANSWERS,
    "<GET REG='?'/>": registration,
    "<GET INFO='OFD'/>": "<OK COUNT='5'/>",
  })
  expect(reading.facts.get('fiscal.register.autonomous')).toMatchObject({ value: null, raw: 2 })
  expect(reading.facts.get('fiscal.ofd.unsent_documents')?.value).toBe(5)
})
