import { z } from 'zod'
import { method, type } from './define.ts'

/** The root certificate of a workspace, which devices have to trust to connect with TLS. */
export interface RootCertificate {
  pem: string
  /** The same as a string constant of C, to be pasted into firmware. */
  cString: string
  /** SHA-256, hexadecimal pairs with colons between them. */
  fingerprint: string
  notAfter: number
  /** Where a device or a browser on this network can fetch it; null without a listener. */
  downloadUrl: string | null
}

export const certificateMethods = {
  'certificate.root': method({
    about: 'The root certificate that devices have to trust to connect with TLS; made when it is first asked for.',
    input: z.strictObject({}),
    output: type<RootCertificate>(),
  }),
}
