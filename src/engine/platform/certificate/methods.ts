import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { Authority } from './authority.ts'
import { endOf, fingerprintOf, toCString } from './authority.ts'

/** What the console can ask about the certificate authority. */
export function certificateMethodHandlers({ authority, httpUrl }: { authority: Authority, httpUrl: () => string | null }): Pick<EngineApi['methods'], 'certificate.root'> {
  return {
    'certificate.root': async () => {
      const pem = await authority.root()
      const url = httpUrl()
      return { pem, cString: toCString(pem), fingerprint: fingerprintOf(pem), notAfter: endOf(pem), downloadUrl: url === null ? null : `${url}/ca.pem` }
    },
  }
}

/** `GET /ca.pem` of the device-facing HTTP listener: the root certificate, which is no secret. */
export function rootRoute(authority: Authority) {
  return {
    prefix: '/ca.pem',
    respond: async () => ({
      status: 200,
      headers: { 'Content-Type': 'application/x-pem-file', 'Content-Disposition': 'attachment; filename="thingbench-ca.pem"' },
      body: await authority.root(),
    }),
  }
}
