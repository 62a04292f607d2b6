import { describe, expect, test } from 'vitest'
import { isTest, sources } from './source.ts'

/** Shipped files that stand between a driver and its device. */
const shipped = sources.filter(
  ({ path }) => path.startsWith('agent/src/') && !isTest(path) && !path.endsWith('/testing.ts'),
)
const drivers = shipped.filter(({ path }) => path.startsWith('agent/src/drivers/'))
const pathsWith = (files: typeof shipped, pattern: RegExp) =>
  files.filter(({ text }) => pattern.test(text)).map(({ path }) => path)

describe('what can be said to a register is decided in one place', () => {
  test('bytes are written to a line by the exchange alone', () => {
    expect(pathsWith(drivers, /\.write\(/)).toEqual([])
    const outsideTransports = shipped.filter(
      ({ path }) => !/^agent\/src\/transport\/.*-(transport|line)\.ts$/.test(path),
    )
    expect(pathsWith(outsideTransports, /\bline\.write\(/).toSorted()).toEqual([
      'agent/src/discovery/converse.ts',
      'agent/src/transport/exchange.ts',
    ])
  })

  test('a driver and the poller have no way to a device but the line that they are given', () => {
    const own = shipped.filter(({ path }) => /^agent\/src\/(drivers|poll)\//.test(path))
    const ways = /^(node:)?(net|http|https|http2|tls|dgram|child_process)$|^serialport$/
    const found = own.flatMap(({ path, imports }) => imports.filter(name => ways.test(name)).map(name => [path, name]))
    expect(found).toEqual([])
    expect(pathsWith(drivers, /\b(create(Line|WebLine|TcpTransport|SerialTransport)|openLine)\(/)).toEqual([])
    expect(pathsWith(own, /\bopenLine\b/)).toEqual(['agent/src/poll/register-source.ts'])
  })

  test('a command is made into a request by the window alone, and carried by an exchange', () => {
    expect(pathsWith(shipped, /\brequestOf\(/)).toEqual(['agent/src/drivers/kit/window.ts'])
    for (const path of pathsWith(drivers, /\brunExchange\(/)) expect(path).toMatch(/\/exchange\.ts$/)
  })

  test('a driver of a web service calls it from one file, and no other does', () => {
    for (const path of pathsWith(drivers, /\bline\.request\(|\.request\(\{/)) expect(path).toMatch(/\/exchange\.ts$/)
  })

  test('every driver has one read-only table, and commands are encoded for it alone', () => {
    const folders = new Set(drivers.flatMap(({ path }) => /^agent\/src\/drivers\/([^/]+)\//.exec(path)?.[1] ?? []))
    folders.delete('kit')
    for (const folder of folders) {
      const own = drivers.filter(({ path }) => path.startsWith(`agent/src/drivers/${folder}/`))
      expect(pathsWith(own, /\breadOnlyTable\(/), folder).toEqual([`agent/src/drivers/${folder}/commands.ts`])
    }
    expect(pathsWith(shipped, /\bcommand\.encode\(/)).toEqual(['agent/src/drivers/kit/read-only.ts'])
  })
})

test('programs of the system are started from one place, without a shell', () => {
  expect(pathsWith(shipped, /child_process/)).toEqual(['agent/src/host/system/run-program.ts'])
  expect(pathsWith(shipped, /\bshell: /)).toEqual([])
})
