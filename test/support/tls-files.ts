import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempFolder } from './temp-folder.ts'

export interface TlsFiles {
  /** Paths of PEM files, and what they hold. */
  path: (name: 'ca.pem' | 'server.pem' | 'server-key.pem' | 'client.pem' | 'client-key.pem') => string
  text: (name: 'ca.pem' | 'client.pem' | 'client-key.pem') => string
}

/** Inside a test: an authority with the certificate of a broker on 127.0.0.1 and localhost, and that of a client. */
export function makeTlsFiles(): TlsFiles {
  const folder = tempFolder()
  const openssl = (...words: string[]): void => void execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' })
  writeFileSync(join(folder, 'server.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n')
  writeFileSync(join(folder, 'client.ext'), 'extendedKeyUsage=clientAuth\n')
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30', '-subj', '/CN=Test root', '-keyout', 'ca-key.pem', '-out', 'ca.pem')
  for (const name of ['server', 'client']) {
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=Test ${name}`, '-keyout', `${name}-key.pem`, '-out', `${name}.csr`)
    openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-days', '30', '-extfile', `${name}.ext`, '-out', `${name}.pem`)
  }
  // A broker that is started by root reads them as another user.
  chmodSync(folder, 0o755)
  chmodSync(join(folder, 'server-key.pem'), 0o644)
  return { path: name => join(folder, name), text: name => readFileSync(join(folder, name), 'utf8') }
}
