import type { AppInfo, AppNotice, AppStatus } from '../../shared/contract/app.ts'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { useApi, useSession } from './connection.ts'
import { useQuery } from './use-query.ts'
import { useSubscription } from './use-subscription.ts'

/** Seconds of figures kept for the little curves on the home page. */
const historySec = 300
const noticesMax = 200

export interface StatusHistory { up: number[], down: number[], online: number[], refused: number[] }

/** What the whole engine is doing, as the frame and the home page show it. */
export const useStatus = defineStore('status', () => {
  const api = useApi()
  const { state } = useSession()
  const status = shallowRef<AppStatus | null>(null)
  const notices = shallowRef<AppNotice[]>([])
  const unread = ref(0)
  // Plain arrays, bounded; `version` tells who draws them that they changed.
  const history: StatusHistory = { up: [], down: [], online: [], refused: [] }
  const version = ref(0)

  const { data: info } = useQuery<AppInfo>(signal => api.call('app.info', {}, { signal }))

  useSubscription('app.status', () => ({}), (item) => {
    status.value = item
    const figures: [number[], number][] = [
      [history.up, item.upPerSec],
      [history.down, item.downPerSec],
      [history.online, item.devicesOnline],
      [history.refused, item.refusedPerSec],
    ]
    for (const [values, value] of figures) {
      values.push(value)
      if (values.length > historySec)
        values.shift()
    }
    version.value++
  })

  let seen = new Set<string>()
  useSubscription('app.notices', () => ({}), (notice) => {
    const key = `${notice.id} ${notice.at}`
    if (seen.has(key))
      return
    seen.add(key)
    notices.value = [notice, ...notices.value].slice(0, noticesMax)
    if (seen.size > noticesMax * 2)
      seen = new Set(notices.value.map(kept => `${kept.id} ${kept.at}`))
    unread.value++
  })

  function markRead(): void {
    unread.value = 0
  }
  return { status, info, notices, unread, history, version, state, markRead }
})
