import { randomBytes, randomInt } from 'node:crypto'

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function randomText(length: number): string {
  return Array.from({ length }, () => alphanumeric[randomInt(alphanumeric.length)]).join('')
}

/** A product key in the cloud's form: `a1` and nine letters or digits. */
export function makeProductKey(): string {
  return `a1${randomText(9)}`
}

/** A product secret in the cloud's form: 16 letters or digits. */
export function makeProductSecret(): string {
  return randomText(16)
}

/** A device secret in the cloud's form: 32 hex digits. */
export function makeDeviceSecret(): string {
  return randomBytes(16).toString('hex')
}

/** A name for a device that was not given one: 20 letters or digits, as the cloud makes them. */
export function makeDeviceName(): string {
  return randomText(20)
}

/** The id of a device group in the cloud's form: 16 letters or digits. */
export function makeGroupId(): string {
  return randomText(16)
}

/** The id of a remote configuration in the cloud's form: 32 hex digits. */
export function makeConfigId(): string {
  return randomBytes(16).toString('hex')
}

/** The id of an upload and of the file that comes of it: 16 hex digits. */
export function makeFileId(): string {
  return randomBytes(8).toString('hex')
}

/** A secret part of an address: 43 letters, digits, `-` and `_`. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url')
}

/** The id the cloud gives every device besides its name: 22 letters or digits. */
export function makeIotId(): string {
  return randomText(22)
}

/** An access key and its secret, of the lengths that the cloud's have. */
export function makeAccessKey(): { accessKeyId: string, accessKeySecret: string } {
  return { accessKeyId: `TB${randomText(22)}`, accessKeySecret: randomText(30) }
}

/** The id of a batch of updates in the cloud's form: 22 letters or digits. */
export function makeBatchId(): string {
  return randomText(22)
}

/** The id of an update package in the cloud's form: 22 letters or digits. */
export function makePackageId(): string {
  return randomText(22)
}
