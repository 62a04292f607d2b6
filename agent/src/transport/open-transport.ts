import { type Clock, err, ok, type Result, SpokenError } from '@tillwatch/shared'
import { words } from '../words.ts'
import type { ByteTransport, LineSettings } from './byte-transport.ts'
import { createLine, type Line } from './line.ts'
import { createSerialTransport } from './serial-transport.ts'
import { createTcpTransport } from './tcp-transport.ts'
import { createWebLine, type WebLine } from './web-line.ts'

/** Where a register is reached. */
export type PortAddress =
  | { readonly kind: 'serial'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'http'; readonly url: string }

const WAYS = '(/dev/ttyS0, /dev/serial/by-id/…), COM5, tcp://192.168.137.111:7778'
const EXAMPLES = words(
  `Укажите путь к порту ${WAYS} или http://host:port.`,
  `Write a serial path ${WAYS} or http://host:port.`,
)

/** A PORT as it may be shown: without the name and password that somebody wrote into it. */
export const shownPort = (text: string): string => text.replace(/\/\/[^/]*@/, '//…@')

/** Reads a PORT as people write it. The error is `port.invalid` with examples. */
export function parsePort(text: string): Result<PortAddress> {
  const shown = shownPort(text)
  const invalid = (ru: string, en: string) =>
    err(new SpokenError('port.invalid', words(`Порт «${shown}»: ${ru}`, `port "${shown}": ${en}`), EXAMPLES))
  if (/^https?:\/\//i.test(text)) {
    const url = URL.canParse(text) ? new URL(text) : null
    if (!url) return invalid('это не адрес', 'not an address')
    // An address is told in problems and logs.
    if (url.username || url.password)
      return invalid(
        'имя и пароль указывают в passwords, а не в адресе',
        'name and password stand under passwords, not in the address',
      )
    return ok({ kind: 'http', url: text })
  }
  if (/^tcp:\/\//i.test(text)) {
    const url = URL.canParse(text) ? new URL(text) : null
    const port = Number(url?.port)
    if (!url?.hostname || !port)
      return invalid('нужны узел и номер порта от 1 до 65535', 'needs a host and a port number from 1 to 65535')
    if ((url.pathname !== '' && url.pathname !== '/') || url.search || url.username)
      return invalid('после tcp:// могут стоять только узел и порт', 'only host and port may follow tcp://')
    return ok({ kind: 'tcp', host: url.hostname.replace(/^\[|\]$/g, ''), port })
  }
  if (/^[a-z]+:\/\//i.test(text)) return invalid('такой вид адреса неизвестен', 'unknown kind of address')
  if (/^com\d{1,3}$/i.test(text)) return ok({ kind: 'serial', path: text.toUpperCase() })
  if (text.startsWith('/') && !/\s/.test(text)) return ok({ kind: 'serial', path: text })
  return invalid('это не порт', 'not a port')
}

/** The way to an address, not open yet. */
export type OpenLine = (address: PortAddress, settings: LineSettings, clock: Clock) => Line | WebLine

/** A line of bytes over a serial port or a connection, or a web service. */
export const openLine: OpenLine = (address, settings, clock) =>
  address.kind === 'http'
    ? createWebLine(address.url, clock)
    : createLine(createTransport(address, settings, clock), clock)

/** A transport for an address that carries bytes. */
function createTransport(
  address: Exclude<PortAddress, { kind: 'http' }>,
  settings: LineSettings,
  clock: Clock,
): ByteTransport {
  if (address.kind === 'serial') return createSerialTransport(address.path, settings, clock)
  return createTcpTransport(address.host, address.port, clock)
}
