import type { KeptSecrets, SecretPlace, TargetSecret } from '../../../shared/contract/fleet-target.ts'
import type { Vault } from './types.ts'
import { chmod, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'

const entrySchema = z.union([
  z.strictObject({ sealed: z.string(), count: z.int().optional() }),
  z.strictObject({ text: z.string(), count: z.int().optional() }),
  z.strictObject({ environment: z.string(), count: z.int().optional() }),
])
type Entry = z.output<typeof entrySchema>
const fileSchema = z.record(z.string(), entrySchema)

/** What of a fleet is secret. */
export type SecretKind = 'password' | 'clientKey' | 'devices'

export interface SecretFileContext {
  dir: string
  vault: Vault | undefined
  environment: ((name: string) => string | undefined) | undefined
}

/**
 * The secrets of a workspace's fleets, in a file of its folder: sealed where the system has a vault, otherwise plain and
 * readable by its owner alone. Of a secret from the environment only the name of the variable is kept.
 */
export class SecretFile {
  readonly #context: SecretFileContext
  readonly #path: string
  readonly #entries: Map<string, Entry>
  readonly #isSealing: boolean
  #written: Promise<void> = Promise.resolve()

  private constructor(context: SecretFileContext, entries: Map<string, Entry>, isSealing: boolean) {
    this.#context = context
    this.#path = path.join(context.dir, 'secrets.json')
    this.#entries = entries
    this.#isSealing = isSealing
  }

  /** Reads what is kept; nothing where there is no file. Throws AppError fleet/secret-lost for a file that holds something else. */
  static async open(context: SecretFileContext): Promise<SecretFile> {
    const file = path.join(context.dir, 'secrets.json')
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT')
        return '{}'
      throw error
    })
    return new SecretFile(context, new Map(Object.entries(parse(text, file))), await context.vault?.isThere() ?? false)
  }

  /** Where a secret that is set now is kept. */
  get keeper(): SecretPlace {
    return this.#isSealing ? { in: 'system' } : { in: 'file', file: this.#path }
  }

  /** Keeps a secret, or forgets it; `count` of how many things it consists of can be told without reading it. */
  async set(fleetId: string, kind: SecretKind, secret: TargetSecret | null, count?: number): Promise<void> {
    const key = `${fleetId}/${kind}`
    if (secret === null)
      this.#entries.delete(key)
    else
      this.#entries.set(key, { ...await this.#toEntry(secret), ...(count !== undefined && { count }) })
    await this.#write()
  }

  async #toEntry(secret: TargetSecret): Promise<Entry> {
    return 'text' in secret && this.#isSealing ? { sealed: await this.#context.vault!.seal(secret.text) } : secret
  }

  /** Forgets what is kept for a fleet. */
  async forget(fleetId: string): Promise<void> {
    const keys = [...this.#entries.keys()].filter(key => key.startsWith(`${fleetId}/`))
    keys.forEach(key => this.#entries.delete(key))
    if (keys.length > 0)
      await this.#write()
  }

  /** A secret; null when it is not set. Throws AppError fleet/secret-lost when it is, but cannot be read here. */
  async get(fleetId: string, kind: SecretKind): Promise<string | null> {
    const entry = this.#entries.get(`${fleetId}/${kind}`)
    return entry === undefined ? null : await this.reveal('sealed' in entry ? { sealed: entry.sealed } : entry)
  }

  /** The text of a secret wherever it is. Throws as `get` does. */
  async reveal(secret: TargetSecret | { sealed: string }): Promise<string> {
    if ('text' in secret)
      return secret.text
    if ('environment' in secret) {
      const text = this.#context.environment?.(secret.environment)
      if (text === undefined || text === '')
        throw new AppError('fleet/secret-lost', `The environment of the engine has no variable ${secret.environment}, which is to hold a secret of the fleet.`, { environment: secret.environment })
      return text
    }
    try {
      if (!this.#isSealing)
        throw new Error('there is none here')
      return await this.#context.vault!.unseal(secret.sealed)
    }
    catch (error) {
      throw new AppError('fleet/secret-lost', `A secret of the fleet was sealed by the vault of the system that set it and cannot be read here (${error instanceof Error ? error.message : String(error)}); set it again.`)
    }
  }

  /** Which secrets of a fleet are set, and where they are. */
  kept(fleetId: string): KeptSecrets {
    const placeOf = (kind: SecretKind): SecretPlace | null => {
      const entry = this.#entries.get(`${fleetId}/${kind}`)
      if (entry === undefined)
        return null
      if ('environment' in entry)
        return { in: 'environment', name: entry.environment }
      return 'sealed' in entry ? { in: 'system' } : { in: 'file', file: this.#path }
    }
    const devices = placeOf('devices')
    return {
      password: placeOf('password'),
      clientKey: placeOf('clientKey'),
      devices: devices && { place: devices, count: this.#entries.get(`${fleetId}/devices`)?.count ?? 0 },
      keeper: this.keeper,
    }
  }

  /** One write after the other, each of everything; what is there is replaced as a whole. */
  async #write(): Promise<void> {
    const text = JSON.stringify(Object.fromEntries(this.#entries))
    this.#written = this.#written.catch(() => {}).then(async () => {
      const next = `${this.#path}.new`
      await writeFile(next, text, { mode: 0o600 })
      // A file that was left behind keeps the mode it had.
      await chmod(next, 0o600)
      await rename(next, this.#path)
    })
    await this.#written
  }
}

function parse(text: string, file: string): Record<string, Entry> {
  try {
    return fileSchema.parse(JSON.parse(text))
  }
  catch {
    throw new AppError('fleet/secret-lost', `The file ${file} does not hold the secrets of fleets; put it aside to begin with none.`, { file })
  }
}
