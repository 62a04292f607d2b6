import type { ByteTransport } from '@tillwatch/agent/transport/byte-transport'
import { createLine, type Line } from '@tillwatch/agent/transport/line'
import { systemClock } from '@tillwatch/shared'
import { afterEach, describe, expect, test } from 'vitest'

/** The other end of a transport under test. */
export interface FarEnd {
  readonly transport: ByteTransport
  write(bytes: Uint8Array): void
  /** Bytes that arrived so far. */
  received(): number[]
  /** Goes away without a word. */
  vanish(): Promise<void>
}

/** One implementation of the port; `open` gives null with the reason where this machine cannot. */
export interface TransportCase {
  readonly name: string
  open(): Promise<FarEnd | { missing: string }>
  /** A transport whose other end is not there, and the error it must give. */
  absent(): { readonly transport: ByteTransport; readonly code: string }
}

/** What every byte transport promises. */
export function transportContract({ name, open, absent }: TransportCase): void {
  describe(`transport ${name}`, () => {
    const closers: (() => Promise<void>)[] = []
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close()
    })

    async function begin(ctx: { skip(note?: string): never }) {
      const end = await open()
      if ('missing' in end) return ctx.skip(end.missing)
      const line = createLine(end.transport, systemClock)
      closers.push(end.vanish, () => line.close())
      await line.open()
      return { end, line }
    }

    test('every byte passes both ways unchanged', async ctx => {
      const { end, line } = await begin(ctx)
      const all = Uint8Array.from({ length: 256 }, (_, value) => value)
      line.write(all)
      await until(() => end.received().length >= 256)
      expect(end.received()).toEqual([...all])
      end.write(all)
      expect(await readBytes(line, 256)).toEqual([...all])
      expect(line.bytesCount).toBe(512)
    })

    test('silence ends a wait at its time', async ctx => {
      const { line } = await begin(ctx)
      expect(await line.next(30)).toEqual({ kind: 'silence' })
    })

    test('it can be closed twice and opened again', async ctx => {
      const { end, line } = await begin(ctx)
      await line.close()
      await line.close()
      line.write(Uint8Array.of(1))
      await line.open()
      line.write(Uint8Array.of(2))
      await until(() => end.received().length > 0)
      expect(end.received()).toEqual([2])
    })

    test('closing ends a wait under way', async ctx => {
      const { line } = await begin(ctx)
      const waiting = line.next(10_000)
      await line.close()
      expect((await waiting).kind).toBe('lost')
    })

    test('the other side’s going away is an event with a next step, and closing still settles', async ctx => {
      const { end, line } = await begin(ctx)
      // The port lies idle, as between two exchanges.
      await line.next(50)
      await end.vanish()
      const event = await line.next(5_000)
      expect(event).toMatchObject({ kind: 'lost', error: { code: 'port.failed' } })
      await line.close()
    })

    test('what is not there cannot be opened, and says so with a next step', async () => {
      const { transport, code } = absent()
      const failure = await transport.open({ bytes() {}, lost() {} }).catch(error => error)
      expect(failure).toMatchObject({ code })
      expect(failure.nextStep).toBeTruthy()
      await transport.close()
    })
  })
}

async function readBytes(line: Line, count: number): Promise<number[]> {
  const bytes: number[] = []
  while (bytes.length < count) {
    const event = await line.next(2_000)
    if (event.kind !== 'bytes') throw new Error(`${event.kind} after ${bytes.length} bytes`)
    bytes.push(...event.bytes)
  }
  return bytes
}

/** Lets the event loop run until the condition holds. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400 && !condition(); turn++) await systemClock.sleep(5)
  expect(condition()).toBe(true)
}
