import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@tillwatch/shared'
import { afterEach, describe, expect, it } from 'vitest'
import { createHttpClient, isPrivateAddress, redactedUrl, retryAfterMs } from './http-client.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function serve(listener: RequestListener): Promise<string> {
  const listening = createServer(listener)
  server = listening
  await new Promise<void>(resolve => listening.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/secret?token=hunter2`
}
const get = (url: string, deadlineMs = 2_000) =>
  createHttpClient(systemClock, deadlineMs).send(
    { method: 'GET', url, headers: {}, allowPrivate: true },
    AbortSignal.timeout(5_000),
  )

describe('the only way out', () => {
  it.each([
    ['127.0.0.1', true],
    ['10.1.2.3', true],
    ['172.31.255.255', true],
    ['172.32.0.1', false],
    ['192.168.0.1', true],
    ['169.254.169.254', true],
    ['100.64.0.1', true],
    ['::1', true],
    ['fd00::1', true],
    ['fe80::1', true],
    ['::ffff:10.0.0.1', true],
    ['::ffff:7f00:1', true],
    ['::ffff:808:808', false],
    ['::7f00:1', true],
    ['64:ff9b::a00:1', true],
    ['2002:a00:1::', true],
    ['fec0::1', true],
    ['ff02::1', true],
    ['224.0.0.1', true],
    ['255.255.255.255', true],
    ['198.18.0.1', true],
    ['8.8.8.8', false],
    ['2a02:6b8::1', false],
  ])('%s is private: %s', (address, isPrivate) => {
    expect(isPrivateAddress(address)).toBe(isPrivate)
  })

  it('an answer that never comes ends at the deadline, and a cut one is no answer', async () => {
    const silent = await get(await serve(() => {}), 100)
    expect(silent).toMatchObject({ kind: 'cut', message: expect.stringContaining('100 ms') })
    const cut = await get(
      await serve((_request, response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('half')
        setImmediate(() => response.destroy())
      }),
    )
    expect(cut.kind).toBe('cut')
  })

  it('follows no redirect and reads no endless answer', async () => {
    const moved = await get(await serve((_request, response) => response.writeHead(302, { location: '/x' }).end()))
    expect(moved).toMatchObject({ kind: 'answer', status: 302 })
    const endless = await get(await serve((_request, response) => response.end(Buffer.alloc(5 * 1024 * 1024))))
    expect(endless).toMatchObject({ kind: 'cut', message: expect.stringContaining('larger') })
  })

  it('no message shows more of an address than where it leads', async () => {
    const answer = await get('http://user:pass@127.0.0.1:1/secret?token=hunter2')
    expect(answer.kind).toBe('not_sent')
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|pass|secret/)
    expect(redactedUrl('https://u:p@desk.test/a?b=c')).toBe('https://desk.test')
  })

  it('a header that cannot be sent is told without its value', async () => {
    const url = await serve((_request, response) => response.end())
    const answer = await createHttpClient(systemClock).send(
      { method: 'GET', url, headers: { 'x-key': 'hunter2\nx: y' }, allowPrivate: true },
      AbortSignal.timeout(5_000),
    )
    expect(answer.kind).toBe('not_sent')
    expect(JSON.stringify(answer)).not.toContain('hunter2')
  })

  it('every way to write a private address is the same address', async () => {
    for (const host of ['[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '127.0.0.1.', '[::1]', '[64:ff9b::7f00:1]']) {
      const request = { method: 'GET' as const, url: `http://${host}/`, headers: {}, allowPrivate: false }
      expect(await createHttpClient(systemClock).send(request, AbortSignal.timeout(5_000))).toMatchObject({
        kind: 'blocked',
      })
    }
  })

  it('Retry-After is seconds or a date', () => {
    expect(retryAfterMs('7', 0)).toBe(7_000)
    expect(retryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 0)).toBe(60_000)
    expect(retryAfterMs('soon', 0)).toBeNull()
    expect(retryAfterMs('99999999999999', 0)).toBe(3_600_000)
    expect(retryAfterMs('Fri, 01 Jan 2100 00:00:00 GMT', 0)).toBe(3_600_000)
  })
})
