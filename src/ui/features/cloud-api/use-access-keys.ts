import type { ComputedRef } from 'vue'
import type { AccessKey, ActionSummary } from '../../../shared/contract/openapi.ts'
import type { ApiConnection } from '../../parts/copy-as/api-call.ts'
import type { Query } from '../../session/use-query.ts'
import { computed } from 'vue'
import { noKey } from '../../parts/copy-as/api-call.ts'
import { useApi } from '../../session/connection.ts'
import { useQuery } from '../../session/use-query.ts'
import { useCallDrafts } from './call-drafts.store.ts'

/** What the engine says of its API. */
export interface ApiFacts { url: string | null, actions: ActionSummary[], absent: string[] }

/** The actions and the address of the API. */
export function useApiFacts(): Query<ApiFacts> {
  const api = useApi()
  return useQuery(signal => api.call('openapi.actions', {}, { signal }))
}

/** The access keys, newest first, and what snippets are filled with: the chosen key, else the newest, else words in its place. */
export function useAccessKeys(url: () => string | null): { keys: Query<AccessKey[]>, connection: ComputedRef<ApiConnection> } {
  const api = useApi()
  const drafts = useCallDrafts()
  const keys = useQuery(signal => api.call('key.list', {}, { signal }))
  const connection = computed(() => {
    const all = keys.data.value ?? []
    const { accessKeyId, accessKeySecret } = all.find(key => key.accessKeyId === drafts.keyId) ?? all[0] ?? noKey
    return { url: url() ?? 'http://127.0.0.1:8880', accessKeyId, accessKeySecret }
  })
  return { keys, connection }
}
