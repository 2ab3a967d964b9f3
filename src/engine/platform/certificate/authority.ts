import type { Buffer } from 'node:buffer'
import { Buffer as Bytes } from 'node:buffer'
import { X509Certificate as NodeCertificate, randomBytes, webcrypto } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import path from 'node:path'
import { loadX509 } from './load-x509.ts'

/** RSA, because boards that know no elliptic curves are still in use. */
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 }
/** Boards without a clock believe that it is 1970, and 32-bit clocks end in 2038. */
const notBefore = new Date(0)
const rootEnds = new Date('2037-12-31T23:59:59Z')
const dayMs = 24 * 3600_000
const serverDays = 825
const renewDays = 30

export interface AuthorityContext {
  /** The folder that keeps the certificates and their keys; made when missing. */
  dir: string
  now: () => number
  /** Names and addresses of this machine that devices may connect to. */
  names: () => string[]
}

/** A certificate and its private key, both as PEM text. */
export interface KeyPair { key: string, cert: string }

/** The certificate authority of a workspace, made on first use and kept in its folder. */
export interface Authority {
  /** The root certificate that devices have to trust. */
  root: () => Promise<string>
  /** What the listeners show: issued for this machine's names, again when they change or it nears its end. */
  server: () => Promise<KeyPair>
}

/**
 * Opens the certificate authority of a workspace without making anything yet. Private keys are readable by their owner
 * alone. Rejects when the folder cannot be written.
 */
export function createAuthority({ dir, now, names }: AuthorityContext): Authority {
  let root: Promise<KeyPair> | undefined
  let server: { pair: Promise<KeyPair>, names: string, renewAt: number } | undefined

  const rootPair = (): Promise<KeyPair> => root ??= loadPair(dir, 'ca')
    .then(async kept => kept ?? keepPair(dir, 'ca', await makeRoot()))
    .catch((error: unknown) => {
      root = undefined
      throw error
    })

  async function serverPair(wanted: string[]): Promise<KeyPair> {
    const issuer = await rootPair()
    const kept = await loadPair(dir, 'server')
    if (kept !== null && isGoodFor(kept.cert, issuer.cert, wanted, now()))
      return kept
    return await keepPair(dir, 'server', await issueServer(issuer, wanted, now()))
  }

  return {
    root: async () => (await rootPair()).cert,
    async server() {
      const wanted = [...new Set(names())]
      if (server?.names !== wanted.join() || now() >= server.renewAt) {
        // Kept while it is being made, so that a hundred handshakes at once wait for one certificate.
        const issued = { pair: serverPair(wanted), names: wanted.join(), renewAt: now() + dayMs }
        server = issued
        issued.pair.catch(() => { server = undefined })
      }
      return await server.pair
    },
  }
}

async function loadPair(dir: string, name: string): Promise<KeyPair | null> {
  try {
    const [cert, key] = await Promise.all([readFile(path.join(dir, `${name}.pem`), 'utf8'), readFile(path.join(dir, `${name}-key.pem`), 'utf8')])
    return { key, cert }
  }
  catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return null
    throw error
  }
}

async function keepPair(dir: string, name: string, pair: KeyPair): Promise<KeyPair> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  // The certificate last: without it the pair does not count, so an interrupted start leaves no half of one.
  for (const [file, text, mode] of [[`${name}-key.pem`, pair.key, 0o600], [`${name}.pem`, pair.cert, 0o644]] as const) {
    const target = path.join(dir, file)
    await writeFile(`${target}.new`, text, { mode })
    await rename(`${target}.new`, target)
  }
  return pair
}

async function makeRoot(): Promise<KeyPair> {
  const { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator } = await loadX509()
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=Thingbench local root ${randomBytes(4).toString('hex')}`,
    notBefore,
    notAfter: rootEnds,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  })
  return { key: await keyPem(keys.privateKey), cert: `${certificate.toString('pem')}\n` }
}

async function issueServer(issuer: KeyPair, names: string[], now: number): Promise<KeyPair> {
  const { BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension, PemConverter, SubjectAlternativeNameExtension, X509Certificate, X509CertificateGenerator } = await loadX509()
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const rootKey = await webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(issuer.key), algorithm, false, ['sign'])
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: 'CN=Thingbench',
    issuer: new X509Certificate(issuer.cert).subject,
    notBefore,
    notAfter: new Date(Math.min(now + serverDays * dayMs, rootEnds.getTime())),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: rootKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      // Key encipherment is what RSA key exchange needs.
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map(value => ({ type: isIP(value) === 0 ? 'dns' as const : 'ip' as const, value }))),
    ],
  })
  return { key: await keyPem(keys.privateKey), cert: `${certificate.toString('pem')}\n` }
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const { PemConverter } = await loadX509()
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}

/** Positive and never the same twice, as certificates have to be told apart by it. */
function serialNumber(): string {
  const bytes: Buffer = randomBytes(16)
  bytes[0] = (bytes[0]! & 0x7F) | 0x40
  return bytes.toString('hex')
}

/** Whether a kept certificate can go on: of this root, for all names, and not near its end. */
function isGoodFor(cert: string, issuer: string, names: string[], now: number): boolean {
  const certificate = new NodeCertificate(cert)
  const covers = (name: string): boolean => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined
  return certificate.verify(new NodeCertificate(issuer).publicKey)
    && names.every(covers)
    && Date.parse(certificate.validTo) - now > renewDays * dayMs
}

/** A PEM text as a string constant of C, one line of it a line, for pasting into firmware. */
export function toCString(pem: string, name = 'thingbench_ca_cert'): string {
  const lines = pem.trim().split(/\r?\n/).map(line => `    "${line}\\r\\n"`)
  return `static const char ${name}[] =\n${lines.join('\n')};\n`
}

/** SHA-256 of a certificate, in pairs of hexadecimal digits with colons between them. */
export function fingerprintOf(pem: string): string {
  return new NodeCertificate(Bytes.from(pem)).fingerprint256
}

/** When a certificate ends, epoch milliseconds. */
export function endOf(pem: string): number {
  return Date.parse(new NodeCertificate(pem).validTo)
}
