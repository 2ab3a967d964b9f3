import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { PendingWork } from '../shared/pending-work.ts'
import type { Downlink } from './downlink.ts'
import type { PendingCalls } from './pending-calls.ts'
import type { DeviceCalls, FeatureHandlers } from './platform/feature.ts'
import type { ProductRegistry } from './platform/product/registry.ts'
import type { ScriptMethod } from './platform/script/methods.ts'
import type { Store } from './store/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import type { Uplink } from './uplink.ts'
import { rawHandlers } from './platform/script/feature.ts'
import { scriptMethodHandlers } from './platform/script/methods.ts'
import { createParsing } from './platform/script/parsing.ts'
import { ProductScripts } from './platform/script/product-scripts.ts'
import { createRawCalls } from './raw-calls.ts'
import { countRuns } from './script/counted-runs.ts'
import { createScriptRunner } from './script/script-runner.ts'

export interface RawProductsContext {
  clock: Clock
  store: Store
  trace: TraceKeeper
  products: Pick<ProductRegistry, 'lookup' | 'get'>
  calls: PendingCalls
  downlink: Pick<Downlink, 'send'>
  /** Counts scripts that run. */
  work: PendingWork
}

type JoinedUplink = Pick<Uplink, 'judge' | 'keepParsed'>

/** Products with a custom data format: their scripts, and the way of their messages through them (Alink 5.8). */
export interface RawProducts {
  /** The commands of the platform, written by the script where the product has one. */
  calls: DeviceCalls
  /** What devices send in answer to commands, and bytes. */
  handlers: FeatureHandlers
  methods: Pick<EngineApi['methods'], ScriptMethod>
  /** Says who judges what messages mean; needed before the first one comes. */
  join: (uplink: JoinedUplink) => void
  /** Lets go of a deleted product. */
  forget: (productKey: string) => Promise<void>
  /** Stops the threads of scripts. */
  close: () => Promise<void>
}

/** Opens the products' scripts with what the workspace holds of them; the threads start with the first message. */
export async function openRawProducts({ clock, store, trace, products, calls: pending, downlink, work }: RawProductsContext): Promise<RawProducts> {
  let uplink: JoinedUplink | undefined
  const runner = countRuns(createScriptRunner({ clock }), work)
  const now = (): number => clock.now()
  const scripts = await ProductScripts.open(store)
  const parsing = createParsing({ runner, scriptOf: productKey => scripts.of(productKey), now })
  const isRaw = (productKey: string): boolean => products.lookup(productKey)?.dataFormat === 'raw'
  const keepParsed: Uplink['keepParsed'] = (...args) => uplink!.keepParsed(...args)
  const { handlers, ...calls } = createRawCalls({ clock, calls: pending, trace, parsing, isRaw, keepParsed })
  return {
    calls,
    handlers: {
      ...handlers,
      ...rawHandlers({
        isRaw,
        parsing,
        judge: message => uplink!.judge(message),
        answerCommand: pending.answerCommand,
        keepParsed,
        reply: (deviceId, message, causeId) => downlink.send(deviceId, message, { id: causeId, waits: true }),
      }),
    },
    methods: scriptMethodHandlers({ scripts, parsing, now, requireProduct: productKey => products.get(productKey) }),
    join: (joined) => { uplink = joined },
    forget: async (productKey) => {
      await scripts.delete(productKey)
      runner.forget(productKey)
    },
    close: runner.close,
  }
}
