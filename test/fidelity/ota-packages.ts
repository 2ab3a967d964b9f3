import type { Rule } from './fidelity.ts'
import { exact, partial } from './fidelity.ts'

const downloads = 'integration/ota-downloads'

/** Update packages and the server from which devices download them. */
export const otaPackageRules: readonly Rule[] = [
  { name: 'what a package may be', ...exact('names, versions, types and numbers of files, by the platform\'s rules; their count and size while `limits.applyCloud` is on', ['unit/engine/platform/ota-package/rules', 'take the names that the platform takes', 'hold the number and the size of packages only while the cloud\'s limits are applied'], [downloads, 'refuses what breaks a rule, naming the field, what was expected and what came, and keeps the files for another try']) },
  { name: 'downloads', ...partial('HTTP and HTTPS with ranges, an exact `Content-Length` and no chunks, at addresses shorter than 254 characters', 'The address has the port of the listener for devices; firmware that ignores ports goes to 80 or 443 and finds nothing there.', [downloads, 'takes a file in parts, hashes it as it comes, and serves it whole with an exact length and an address that is short enough', 'serves ranges, so that a broken download goes on, and the head alone', 'gives a device the address at which it has connected, over http or https as its connection is, valid after a restart']) },
  { name: 'addresses that expire', ...exact('403 and XML: `AccessDenied` with `Expires` and `ServerTime` after 24 hours, or as the settings say; `SignatureDoesNotMatch` for an altered one', [downloads, 'refuses an altered address with SignatureDoesNotMatch and an expired one with AccessDenied, both as XML']) },
  { name: 'secure update', ...partial('a key pair for each product and `digestsign` for each file', 'The cloud does not publish its algorithm; here it is RSA with 2,048 bits and SHA-256 over the file.', [downloads, 'signs files a second time with a key pair of the product while secure update is on']) },
]
