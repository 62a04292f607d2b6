import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { dirname, join } from 'node:path'
import { domainToASCII } from 'node:url'
import { AppError, messageOf } from '@tillwatch/shared'
import type { CollectorConfig } from '../config.ts'
import type { KeyPair } from './certificates.ts'

/** By these every broker can be reached on its own machine. */
const LOCAL_NAMES = ['localhost', '127.0.0.1']
const CA_KEY = 'ca.key'
const CA_CERT = 'ca.crt'
const KEY = 'server.key'
const CERT = 'server.crt'

/** What the broker's TLS needs, and what goes into identity files. PEM texts. */
export interface BrokerTls {
  readonly key: string
  readonly cert: string
  readonly ca: string
}

/** Everything by which the configuration lets agents reach the broker: the given names, the public address, the address it listens on. */
export function certificateNames({ tls, listen, public_url: publicUrl }: CollectorConfig['broker']): string[] {
  const publicHost = publicUrl === undefined ? [] : [new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')]
  const own = isWildcard(listen.host) ? [] : [listen.host]
  const names = [...tls.names, ...publicHost, ...own].map(name => (isIP(name) ? name : domainToASCII(name) || name))
  return [...new Set(names)]
}

/** True for an address that stands for all of a machine and is none to connect to. */
export const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::'

/**
 * The broker's keys in `dir`: made at the first start (an own authority and a server certificate for `names`), read afterwards; a
 * new server certificate is signed when the names change. Private keys are readable by their owner alone. Two processes may ask at
 * once. Throws `tls.damaged` when the files are there but do not belong together.
 */
export async function openAuthority(dir: string, names: readonly string[], random: () => string): Promise<BrokerTls> {
  const wanted = [...new Set([...LOCAL_NAMES, ...names])]
  if (!existsSync(join(dir, CA_CERT)) && !existsSync(join(dir, CA_KEY))) await foundAuthority(dir, random)
  const ca = { key: read(dir, CA_KEY), cert: read(dir, CA_CERT) }
  if (!isPair(ca)) throw damaged(dir, `${CA_KEY} and ${CA_CERT} do not belong together`)
  const known = existsSync(join(dir, CERT)) && existsSync(join(dir, KEY))
  const server = known ? { key: read(dir, KEY), cert: read(dir, CERT) } : null
  if (server && serves(server, ca.cert, wanted)) return { ...server, ca: ca.cert }
  const { makeServer } = await import('./certificates.ts')
  const made = await makeServer(ca, wanted, random)
  writeWhole(join(dir, KEY), made.key, 0o600)
  writeWhole(join(dir, CERT), made.cert, 0o644)
  // Not read back: another process may be writing a pair of its own just now.
  return { ...made, ca: ca.cert }
}

/** Made beside its place and moved there whole: of two processes that start for the first time one wins, and a kill leaves nothing half. */
async function foundAuthority(dir: string, random: () => string): Promise<void> {
  const { makeAuthority } = await import('./certificates.ts')
  const made = await makeAuthority(random)
  mkdirSync(dirname(dir), { recursive: true, mode: 0o700 })
  const beside = mkdtempSync(`${dir}.`)
  writeWhole(join(beside, CA_KEY), made.key, 0o600)
  writeWhole(join(beside, CA_CERT), made.cert, 0o644)
  try {
    renameSync(beside, dir)
  } catch (thrown) {
    rmSync(beside, { recursive: true })
    if (!existsSync(join(dir, CA_CERT))) throw thrown
  }
}

function isPair({ key, cert }: KeyPair): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}

function read(dir: string, file: string): string {
  try {
    return readFileSync(join(dir, file), 'utf8')
  } catch (cause) {
    throw damaged(dir, `${file} cannot be read: ${messageOf(cause)}`)
  }
}

function damaged(dir: string, why: string): AppError {
  return new AppError('tls.damaged', `the broker's keys in ${dir} are incomplete: ${why}`, {
    nextStep: 'Restore the folder from a backup; without its authority every agent needs a new identity file.',
  })
}

/** True when the server certificate matches its key, is signed by the authority and carries exactly the wanted names. */
function serves(server: KeyPair, caPem: string, wanted: readonly string[]): boolean {
  if (!isPair(server)) return false
  const cert = new X509Certificate(server.cert)
  const carried = (cert.subjectAltName ?? '').split(', ').length
  const carries = (name: string) => (isIP(name) ? cert.checkIP(name) : cert.checkHost(name, { wildcards: false }))
  return carried === wanted.length && wanted.every(carries) && cert.verify(new X509Certificate(caPem).publicKey)
}

/** A crash in the middle leaves the old file or none, never half a key. */
function writeWhole(path: string, text: string, mode: number): void {
  const beside = `${path}.${process.pid}.new`
  writeFileSync(beside, text, { mode })
  renameSync(beside, path)
}
