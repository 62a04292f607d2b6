import 'reflect-metadata'
import { createHash, createPrivateKey, type KeyObject, webcrypto, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'
import { AppError } from '@tillwatch/shared'

/**
 * Certificates live from before any wrong clock to far ahead, so that a till with a dead battery still speaks; who may speak is
 * decided by the collector's own list, not by dates.
 */
const NOT_BEFORE = new Date('2000-01-01T00:00:00Z')
const NOT_AFTER = new Date('2100-01-01T00:00:00Z')
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
/** By these every broker can be reached on its own machine. */
const LOCAL_NAMES = ['localhost', '127.0.0.1']

/** What the broker's TLS needs, and what goes into identity files. PEM texts. */
export interface BrokerTls {
  readonly key: string
  readonly cert: string
  readonly ca: string
}

/**
 * The broker's keys in `dir`: made at the first start (an own authority and a server certificate for `names`), read afterwards; a
 * new server certificate is signed when the names change. Private keys are readable by their owner alone. Throws `tls.damaged`
 * when the files are there but do not belong together.
 */
export async function openAuthority(dir: string, names: readonly string[], random: () => string): Promise<BrokerTls> {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const paths = {
    caKey: join(dir, 'ca.key'),
    ca: join(dir, 'ca.crt'),
    key: join(dir, 'server.key'),
    cert: join(dir, 'server.crt'),
  }
  if (existsSync(paths.ca) !== existsSync(paths.caKey)) throw damaged(dir, 'one of ca.key and ca.crt is missing')
  if (!existsSync(paths.ca)) {
    const made = await makeAuthority(random)
    writeWhole(paths.caKey, made.key, 0o600)
    writeWhole(paths.ca, made.cert, 0o644)
  }
  const ca = read(dir, paths.ca)
  const wanted = [...new Set([...LOCAL_NAMES, ...names])]
  if (!serves(paths, ca, wanted)) {
    const made = await makeServer(ca, read(dir, paths.caKey), wanted, random)
    writeWhole(paths.key, made.key, 0o600)
    writeWhole(paths.cert, made.cert, 0o644)
  }
  return { key: read(dir, paths.key), cert: read(dir, paths.cert), ca }
}

function read(dir: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw damaged(dir, `${path} cannot be read`)
  }
}

function damaged(dir: string, why: string): AppError {
  return new AppError('tls.damaged', `the broker's keys in ${dir} are incomplete: ${why}`, {
    nextStep: 'Restore the folder from a backup; without its authority every agent needs a new identity file.',
  })
}

/** True when the server certificate on disk is signed by the authority, matches its key and carries exactly the wanted names. */
function serves(paths: { key: string; cert: string }, caPem: string, wanted: readonly string[]): boolean {
  try {
    const cert = new X509Certificate(readFileSync(paths.cert))
    const ca = new X509Certificate(caPem)
    const key: KeyObject = createPrivateKey(readFileSync(paths.key))
    const has = (cert.subjectAltName ?? '').split(', ').map(name => name.replace(/^(DNS|IP Address):/, ''))
    const same = has.length === wanted.length && wanted.every(name => has.includes(name))
    return same && cert.checkPrivateKey(key) && cert.verify(ca.publicKey)
  } catch {
    return false
  }
}

/** A crash in the middle leaves the old file or none, never half a key. */
function writeWhole(path: string, text: string, mode: number): void {
  writeFileSync(`${path}.new`, text, { mode })
  renameSync(`${path}.new`, path)
}

const serialOf = (seed: string): string => {
  const digest = createHash('sha256').update(seed).digest('hex').slice(0, 32)
  // The first bit is the sign and must be clear; the first digit must not be zero.
  return `4${digest.slice(1)}`
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])

async function makeAuthority(random: () => string): Promise<{ key: string; cert: string }> {
  const keys = await newKeys()
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialOf(random()),
    name: `CN=Tillwatch authority ${random().slice(0, 8)}`,
    notBefore: NOT_BEFORE,
    notAfter: NOT_AFTER,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { key: `${await keyPem(keys.privateKey)}\n`, cert: `${cert.toString('pem')}\n` }
}

async function makeServer(
  caPem: string,
  caKeyPem: string,
  names: readonly string[],
  random: () => string,
): Promise<{ key: string; cert: string }> {
  const authority = new x509.X509Certificate(caPem)
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    new Uint8Array(createPrivateKey(caKeyPem).export({ type: 'pkcs8', format: 'der' })),
    ALGORITHM,
    false,
    ['sign'],
  )
  const keys = await newKeys()
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serialOf(random()),
    subject: 'CN=Tillwatch broker',
    issuer: authority.subject,
    notBefore: NOT_BEFORE,
    notAfter: NOT_AFTER,
    signingAlgorithm: ALGORITHM,
    signingKey,
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map(name => ({ type: isIP(name) ? ('ip' as const) : ('dns' as const), value: name })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { key: `${await keyPem(keys.privateKey)}\n`, cert: `${cert.toString('pem')}\n` }
}
