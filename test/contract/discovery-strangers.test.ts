import { lookAt } from '@tillwatch/agent/discovery/look'
import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { everySerialAsking, passing, strangerLine } from './discovery-world.ts'

const SERIAL = { kind: 'serial', path: '/dev/ttyS0' } as const
const ENQ = 0x05

async function lookOver(stranger: ReturnType<typeof strangerLine>, clock = new ManualClock()) {
  const world = { clock, open: stranger.open, holderOf: async () => null }
  return passing(lookAt(SERIAL, everySerialAsking, world), clock)
}

test('a kitchen printer gives its status and prints nothing', async () => {
  const printed: number[] = []
  let command = 0
  const printer = strangerLine((bytes, say) => {
    for (const byte of bytes) {
      // DLE begins a question about the status, of two more bytes; a printable byte is printed with the next line.
      if (command > 0) command = (command + 1) % 3
      else if (byte === 0x10) command = 1
      else if (byte >= 0x20) printed.push(byte)
      if (command === 0 && byte === 0x01) say(Uint8Array.of(0x16))
    }
  })
  expect(await lookOver(printer)).toEqual({ kind: 'printer' })
  expect(printed).toEqual([])
})

test('who answers an enquiry, and not as one of ours would, never hears more than enquiries', async () => {
  const scales = strangerLine((_bytes, say) => say(Uint8Array.of(0x11)))
  expect(await lookOver(scales)).toEqual({ kind: 'stranger' })
  expect(new Set(scales.heard)).toEqual(new Set([ENQ]))
})

test('who says ACK to everything is asked further by those whom that concerns, and by nobody else', async () => {
  const pinpad = strangerLine((_bytes, say) => say(Uint8Array.of(0x06)))
  expect(await lookOver(pinpad)).toEqual({ kind: 'stranger' })
  expect(pinpad.heard).not.toContain(0x8f)
  expect(pinpad.heard).not.toContain(0xfe)
})

test('a device that gives back what it hears is nobody', async () => {
  const echo = strangerLine((bytes, say) => say(bytes))
  expect(await lookOver(echo)).toEqual({ kind: 'stranger' })
  expect(new Set(echo.heard)).toEqual(new Set([ENQ]))
})

test('a device that talks by itself is not spoken to at all', async () => {
  const clock = new ManualClock()
  const scales = strangerLine(() => {})
  const talk = () => {
    scales.say(new TextEncoder().encode('ST,GS,+  1.234kg\r\n'))
    clock.after(200, talk)
  }
  talk()
  expect(await lookOver(scales, clock)).toEqual({ kind: 'stranger' })
  expect(scales.heard).toEqual([])
})

test('a line on which nobody is hears every question once, and is left', async () => {
  const nobody = strangerLine(() => {})
  expect(await lookOver(nobody)).toEqual({ kind: 'nobody' })
  expect(nobody.heard).toEqual(
    everySerialAsking.flatMap(asking => (asking.kind === 'line' ? [...(asking.conversation.steps[0]?.say ?? [])] : [])),
  )
})

test('an end of the agent ends the look with the hold under way', async () => {
  const clock = new ManualClock()
  const stopping = new AbortController()
  const nobody = strangerLine(() => stopping.abort())
  const world = { clock, open: nobody.open, holderOf: async () => null, signal: stopping.signal }
  await passing(lookAt(SERIAL, everySerialAsking, world), clock)
  expect(nobody.heard).toHaveLength(1)
})

test('a port that another program has open is not opened, and the program is named', async () => {
  const clock = new ManualClock()
  const nobody = strangerLine(() => {})
  const world = { clock, open: nobody.open, holderOf: async () => 'frontol.exe (process 77)' }
  expect(await passing(lookAt(SERIAL, everySerialAsking, world), clock)).toEqual({
    kind: 'held',
    holder: 'frontol.exe (process 77)',
  })
  expect(nobody.heard).toEqual([])
})

test('a port that another user’s program might have open unseen is not opened to find out', async () => {
  const clock = new ManualClock()
  const nobody = strangerLine(() => {})
  const world = { clock, open: nobody.open, holderOf: async () => null, seesEveryHolder: async () => false }
  expect(await passing(lookAt(SERIAL, everySerialAsking, world), clock)).toEqual({ kind: 'unseen' })
  expect(nobody.heard).toEqual([])
})
