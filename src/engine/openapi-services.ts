import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { ApiCall } from '../shared/contract/openapi.ts'
import type { Log } from '../shared/log.ts'
import type { AnswerOpenApi } from './config.ts'
import type { DispatcherContext } from './openapi/dispatcher.ts'
import type { Store } from './store/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { methodTable } from '../shared/contract/contract.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { Announcer, pump } from '../shared/feed.ts'
import { checkInput } from '../shared/rpc/check-input.ts'
import { makeAccessKey } from './identity.ts'
import { absentActions, actions } from './openapi/actions.ts'
import { describeAction } from './openapi/describe.ts'
import { createDispatcher } from './openapi/dispatcher.ts'
import { openAccessKeys } from './openapi/keys.ts'
import { openRecorder } from './openapi/recorder.ts'
import { settle } from './store/settle.ts'

export interface OpenApiServicesContext {
  clock: Clock
  log: Log
  store: Store
  trace: Pick<TraceKeeper, 'record' | 'amend' | 'within'>
  /** The methods that the page calls too. */
  methods: () => EngineApi['methods']
  findDevice: DispatcherContext['findDevice']
  /** Base address of the listener; null when it is not open. */
  url: () => string | null
}

/** The cloud's API: access keys, the actions, and the record of every call. */
export interface OpenApiServices {
  /** Answers a request of the listener. Never throws. */
  answer: AnswerOpenApi
  methods: Pick<EngineApi['methods'], 'openapi.actions' | 'openapi.call' | 'openapi.calls' | 'openapi.callDetail' | 'key.list' | 'key.create' | 'key.delete'>
  streams: Pick<EngineApi['streams'], 'openapi.watch'>
}

/** Calls that wait for a slow page; the recorder has them all. */
const watchedMax = 200

/** Opens the cloud's API with the keys and the calls that the workspace holds. */
export async function openOpenApiServices({ clock, log, store, trace, methods, findDevice, url }: OpenApiServicesContext): Promise<OpenApiServices> {
  const now = (): number => clock.now()
  const announcer = new Announcer<ApiCall>()
  const keys = await openAccessKeys({ store, now, makeKey: makeAccessKey })
  const recorder = await openRecorder(store, called => announcer.announce(called))
  const stepOf = (operation: string, verdict: { code: number, message?: string }): string => packDetail({ issues: [], steps: [{ bizCode: 'ApiService', operation, ...verdict }] })
  const dispatcher = createDispatcher({
    actions,
    absent: new Set(absentActions),
    keys,
    call: async (name, input, signal) => methods()[name](checkInput(methodTable[name]!.input, input, name) as never, { signal }) as never,
    findDevice,
    journal: {
      begin: ({ operation, device, content }) => trace.record({ at: now(), deviceId: device?.deviceId ?? 0, operation, content, code: 200, detail: stepOf(operation, { code: 200 }) }),
      during: trace.within,
      fail: (rowId, operation, failure) => trace.amend(rowId, { code: failure.code, detail: stepOf(operation, failure) }),
    },
    keep: recorder.keep,
    settle: () => settle(store),
    now,
    log,
  })
  const summaries = actions.map(describeAction)
  return {
    answer: dispatcher.answer,
    methods: {
      'openapi.actions': () => ({ url: url(), actions: summaries, absent: [...absentActions] }),
      'openapi.call': ({ action, parameters }, { signal }) => dispatcher.run(action, new Map(Object.entries(parameters)), signal),
      ...recorder.methods,
      ...keys.methods,
    },
    streams: {
      'openapi.watch': async (_, subscriber) => {
        let waiting: ApiCall[] = []
        announcer.listen(subscriber.signal, (called) => {
          waiting.push(called)
          if (waiting.length > watchedMax)
            waiting.shift()
        })
        const take = (): { calls: ApiCall[] } | undefined => {
          const calls = waiting
          waiting = []
          return calls.length === 0 ? undefined : { calls }
        }
        await pump(clock, subscriber, { take }, 100)
      },
    },
  }
}
