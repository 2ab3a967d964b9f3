import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { createAuthority, fingerprintOf, toCString } from '../../../../../src/engine/platform/certificate/authority.ts'
import { tempFolder } from '../../../../support/temp-folder.ts'

const startedAt = Date.parse('2026-11-21T00:00:00Z')
const dayMs = 24 * 3600_000

function open(dir: string, { names = ['localhost', '127.0.0.1'], at = startedAt } = {}) {
  return createAuthority({ dir, now: () => at, names: () => names })
}

it('makes a root once, keeps it over restarts, and its key for the owner alone', async () => {
  const dir = path.join(tempFolder(), 'certificate')
  const first = await open(dir).root()
  expect(await open(dir).root()).toBe(first)
  const root = new X509Certificate(first)
  expect([root.ca, root.verify(root.publicKey), root.publicKey.asymmetricKeyType]).toEqual([true, true, 'rsa'])
  expect(statSync(path.join(dir, 'ca-key.pem')).mode & 0o777).toBe(0o600)
  expect(fingerprintOf(first)).toBe(root.fingerprint256)
})

it('issues one certificate for all names, keeps it, and issues another when a name is added or its end is near', async () => {
  const dir = path.join(tempFolder(), 'certificate')
  const authority = open(dir)
  const [one, same] = await Promise.all([authority.server(), authority.server()])
  expect(same).toBe(one)
  const certificate = new X509Certificate(one.cert)
  expect([certificate.checkHost('localhost'), certificate.checkIP('127.0.0.1'), certificate.checkIP('192.168.1.20')]).toEqual(['localhost', '127.0.0.1', undefined])
  expect(certificate.verify(new X509Certificate(await authority.root()).publicKey)).toBe(true)
  expect((await open(dir).server()).cert).toBe(one.cert)
  expect(statSync(path.join(dir, 'server-key.pem')).mode & 0o777).toBe(0o600)

  const moved = await open(dir, { names: ['localhost', '192.168.1.20'] }).server()
  expect(new X509Certificate(moved.cert).checkIP('192.168.1.20')).toBe('192.168.1.20')
  const renewed = await open(dir, { names: ['localhost', '192.168.1.20'], at: startedAt + 800 * dayMs }).server()
  expect(renewed.cert).not.toBe(moved.cert)
  expect(readFileSync(path.join(dir, 'server.pem'), 'utf8')).toBe(renewed.cert)
})

it('tries again after the folder could not be written', async () => {
  const file = path.join(tempFolder(), 'taken')
  const authority = open(path.join(file, '\0'))
  await expect(authority.root()).rejects.toThrow()
  await expect(authority.server()).rejects.toThrow()
})

it('writes a string constant that C compilers put together again', () => {
  expect(toCString('-----BEGIN\nAB\n-----END\n')).toBe('static const char thingbench_ca_cert[] =\n    "-----BEGIN\\r\\n"\n    "AB\\r\\n"\n    "-----END\\r\\n";\n')
})
