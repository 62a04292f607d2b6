import 'reflect-metadata'
import { createHash, createPrivateKey, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'

/**
 * Certificates live from before any wrong clock to far ahead, so that a till with a dead battery still speaks; who may speak is
 * decided by the collector's own list, not by dates.
 */
const NOT_BEFORE = new Date('2000-01-01T00:00:00Z')
const NOT_AFTER = new Date('2100-01-01T00:00:00Z')
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** A private key and its certificate, PEM texts. */
export interface KeyPair {
  readonly key: string
  readonly cert: string
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

/** An authority that signs itself. `random` gives texts for its serial number and its name. */
export async function makeAuthority(random: () => string): Promise<KeyPair> {
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

/** A server certificate for host names and addresses, signed by the authority. */
export async function makeServer(ca: KeyPair, names: readonly string[], random: () => string): Promise<KeyPair> {
  const authority = new x509.X509Certificate(ca.cert)
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    new Uint8Array(createPrivateKey(ca.key).export({ type: 'pkcs8', format: 'der' })),
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
