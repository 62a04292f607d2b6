import { systemClock } from '@tillwatch/shared'
import { expect, test } from 'vitest'
import { createRegisterPoll } from '../poll/register-poll.ts'
import { parsePort } from './open-transport.ts'
import { serialOpenError } from './port-errors.ts'

test.each([
  ['/dev/ttyS0', { kind: 'serial', path: '/dev/ttyS0' }],
  ['/dev/serial/by-id/usb-x-if00', { kind: 'serial', path: '/dev/serial/by-id/usb-x-if00' }],
  ['com5', { kind: 'serial', path: 'COM5' }],
  ['tcp://192.168.137.111:7778', { kind: 'tcp', host: '192.168.137.111', port: 7778 }],
  ['tcp://[::1]:7778', { kind: 'tcp', host: '::1', port: 7778 }],
  ['http://localhost:16732', { kind: 'http', url: 'http://localhost:16732' }],
])('%s is a port', (text, address) => {
  expect(parsePort(text)).toEqual({ ok: true, value: address })
})

test.each([
  '',
  'ttyS0',
  'COM',
  'COM1234',
  'tcp://host',
  'tcp://:1',
  'tcp://host:70000',
  'tcp://h:1/x',
  'udp://host:1',
  '/dev/tty S0',
])('"%s" is refused with examples of ports', text => {
  const parsed = parsePort(text)
  expect(parsed).toMatchObject({ ok: false, error: { code: 'port.invalid' } })
  expect(!parsed.ok && parsed.error.nextStep).toContain('COM5')
})

test('a password in an address is refused, with the place where it belongs, and not repeated', () => {
  for (const text of [
    'http://monitor:pa55word@127.0.0.1:16732',
    'https://monitor:pa55word@h',
    'tcp://x:pa55word@h:1',
  ]) {
    const parsed = parsePort(text)
    expect(parsed).toMatchObject({ ok: false, error: { code: 'port.invalid' } })
    expect(JSON.stringify(parsed) + (!parsed.ok && parsed.error.message)).not.toContain('pa55word')
  }
  const web = parsePort('http://monitor:pa55word@127.0.0.1:16732')
  expect(!web.ok && web.error.message).toContain('passwords')
})

test('a driver that needs bytes refuses a web address, with the kinds of ports that it can use', async () => {
  const target = { slot: 'till', driver: 'shtrih-m', port: 'http://localhost:1' }
  expect(await createRegisterPoll(target, systemClock)).toMatchObject({
    ok: false,
    error: { code: 'port.unsupported', nextStep: expect.stringContaining('serial, tcp') },
  })
})

test.each([
  ['Error Resource temporarily unavailable Cannot lock port', 'linux', 'port.busy'],
  ['Error: Device or resource busy, cannot open /dev/ttyS0', 'linux', 'port.busy'],
  ['Opening COM5: Access denied', 'win32', 'port.busy'],
  ['Error: Permission denied, cannot open /dev/ttyS0', 'linux', 'port.denied'],
  ['Error: No such file or directory, cannot open /dev/ttyS9', 'linux', 'port.missing'],
  ['Opening COM9: File not found', 'win32', 'port.missing'],
  ['Opening COM9: Unknown error code 31', 'win32', 'port.failed'],
] as const)('"%s" on %s is %s, with a next step', (message, platform, code) => {
  const error = serialOpenError('the port', new Error(message), platform)
  expect(error.code).toBe(code)
  expect(error.nextStep).toBeTruthy()
})
