import type { EngineApi } from '../../shared/contract/contract.ts'
import type { AccessKey } from '../../shared/contract/openapi.ts'
import type { Store } from '../store/types.ts'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { deleteAccessKey, insertAccessKey, selectAccessKeys } from './rows.ts'

export interface KeyContext {
  store: Pick<Store, 'read' | 'write'>
  /** Epoch milliseconds. */
  now: () => number
  makeKey: () => Pick<AccessKey, 'accessKeyId' | 'accessKeySecret'>
}

/** The access keys of a workspace. There are no accounts: a key may do everything (platform rule API-25). */
export interface AccessKeys {
  secretOf: (accessKeyId: string) => string | undefined
  /** Notes that a call was signed with a key. */
  used: (accessKeyId: string) => void
  methods: Pick<EngineApi['methods'], 'key.list' | 'key.create' | 'key.delete'>
}

/** Reads the access keys of a workspace. */
export async function openAccessKeys({ store, now, makeKey }: KeyContext): Promise<AccessKeys> {
  const keys = new Map((await store.read(selectAccessKeys, [])).map(key => [key.accessKeyId, { ...key, lastUsedAt: null } as AccessKey]))
  return {
    secretOf: accessKeyId => keys.get(accessKeyId)?.accessKeySecret,
    used: (accessKeyId) => {
      const key = keys.get(accessKeyId)
      if (key)
        key.lastUsedAt = now()
    },
    methods: {
      'key.list': () => Array.from(keys.values(), key => ({ ...key })).reverse(),
      'key.create': async ({ name }) => {
        if (keys.size >= limits.accessKeysMax)
          throw new AppError('limit/reached', `A workspace has at most ${limits.accessKeysMax} access keys: delete one that nobody uses.`, { limit: limits.accessKeysMax })
        const key: AccessKey = { ...makeKey(), name, createdAt: now(), lastUsedAt: null }
        await store.write([{ statement: insertAccessKey, params: [key.accessKeyId, key.accessKeySecret, name, key.createdAt] }])
        keys.set(key.accessKeyId, key)
        return { ...key }
      },
      'key.delete': async ({ accessKeyId }) => {
        if (!keys.has(accessKeyId))
          throw new AppError('key/not-found', `This workspace has no access key ${accessKeyId}.`, { accessKeyId })
        await store.write([{ statement: deleteAccessKey, params: [accessKeyId] }])
        keys.delete(accessKeyId)
        return null
      },
    },
  }
}
