import type { BoundStatement, Store } from '../../store/types.ts'
import { constants, createPrivateKey, createPublicKey, generateKeyPair, privateEncrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { deleteSecurity, selectSecurity, upsertSecurity } from './rows.ts'

/** `signed`: signatures by the digest of the file; making one takes a millisecond, and every notice has it. */
interface Row { isOn: boolean, privateKey: string, signed: Map<string, string> }

/** Signatures that are kept for each product. */
const signedMax = 100

/** What stands before a SHA-256 digest in a signature by PKCS #1 v1.5 (RFC 8017, 9.2). */
const sha256Prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex')

/**
 * Secure update: a key pair for each product, with which files are signed a second time. The cloud does not say how; here it
 * is RSA with 2048 bits and SHA-256 after PKCS #1 v1.5, so that `openssl dgst -sha256 -verify` and mbed TLS check it.
 */
export class PackageSecurity {
  readonly #store: Store
  readonly #rows: Map<string, Row>

  private constructor(store: Store, rows: Map<string, Row>) {
    this.#store = store
    this.#rows = rows
  }

  static async open(store: Store): Promise<PackageSecurity> {
    const rows = await store.read(selectSecurity, [])
    return new PackageSecurity(store, new Map(rows.map(({ productKey, ...row }) => [productKey, { ...row, signed: new Map() }])))
  }

  /** Whether it is on, and the public key as PEM; null before it was first switched on. */
  stateOf(productKey: string): { isOn: boolean, publicKey: string | null } {
    const row = this.#rows.get(productKey)
    return { isOn: row?.isOn ?? false, publicKey: row ? createPublicKey(row.privateKey).export({ type: 'spki', format: 'pem' }).toString() : null }
  }

  async switch(productKey: string, isOn: boolean): Promise<void> {
    const known = this.#rows.get(productKey)
    if (known === undefined && !isOn)
      return
    const row: Row = { isOn, privateKey: known?.privateKey ?? await makePrivateKey(), signed: known?.signed ?? new Map() }
    await this.#store.write([{ statement: upsertSecurity, params: [productKey, isOn ? 1 : 0, row.privateKey] }])
    this.#rows.set(productKey, row)
  }

  /** The second signature of a file with that SHA-256 digest (hex digits), Base64; undefined while secure update is off. */
  digestSign(productKey: string, sha256: string): string | undefined {
    const row = this.#rows.get(productKey)
    if (!row?.isOn)
      return undefined
    const known = row.signed.get(sha256)
    if (known !== undefined)
      return known
    const key = { key: createPrivateKey(row.privateKey), padding: constants.RSA_PKCS1_PADDING }
    const made = privateEncrypt(key, Buffer.concat([sha256Prefix, Buffer.from(sha256, 'hex')])).toString('base64')
    const [oldest] = row.signed.keys()
    if (oldest !== undefined && row.signed.size >= signedMax)
      row.signed.delete(oldest)
    row.signed.set(sha256, made)
    return made
  }

  /** A product is deleted; returns what the store has to write. */
  forgetProduct(productKey: string): BoundStatement[] {
    this.#rows.delete(productKey)
    return [{ statement: deleteSecurity, params: [productKey] }]
  }
}

async function makePrivateKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
