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
  "<GET REG='?'/>":
    "<OK T1209='4' T1037='0001234567012345' T1018='7701234567' T1017='7709876543' MODE='0'><T1046>OFD</T1046></OK>",
  "<GET INFO='NOT'/>": "<OK PENDING='2'/>",
}

/** Polls a register at the end of a cable of that rate and gives what was asked and what was told. */
async function pollAt(baudRate: number) {
  const asked: string[] = []
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
      const data = [...Buffer.from(ANSWERS[query] ?? "<ERROR No='99'/>"), 0x03]
      answer = Uint8Array.of(
        ...data,
        data.reduce((sum, byte) => sum ^ byte, 0),
      )
    },
    next: async () => {
      const bytes = answer
      answer = new Uint8Array()
      return bytes.length > 0 ? { kind: 'bytes', bytes } : { kind: 'silence' }
    },
    close: async () => {},
  }
  const clock = new ManualClock()
  const context: PollContext = {
    clock,
    line,
    memo: new RegisterMemo(),
    untilMs: clock.monotonic() + 1_900,
    isDue: () => true,
  }
  const reading = await createSession({ variant: 1, passwords: {} }).poll(context)
  return { asked, reading }
}

test('the cheapest query comes first, and everything is read at a usual rate', async () => {
  const { asked, reading } = await pollAt(115_200)
  expect(asked).toEqual(Object.keys(ANSWERS))
  expect(reading).toMatchObject({ link: 'ok', outcome: 'complete', serial: '065001234567890', problems: [] })
})

test('a cable too slow for the registration says so and reads the rest', async () => {
  const { asked, reading } = await pollAt(2_400)
  expect(asked).not.toContain("<GET REG='?'/>")
  expect(reading.outcome).toBe('complete')
  expect(reading.facts.get('fiscal.register.inn')).toMatchObject({
    value: null,
    reason: 'the line is too slow for it: 2400 baud',
  })
  expect(reading.facts.get('fiscal.ofd.unsent_documents')?.value).toBe(0)
})
