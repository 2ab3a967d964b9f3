import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { AppError } from '../shared/errors.ts'
import { parseThingModel } from '../shared/thing-model/parse.ts'

type Import = EngineApi['methods']['product.importModel']

/** The operation of the platform's API, as the log names it. */
const operation = 'ImportThingModelTsl'
const unnamed = 6317

/**
 * Keeps a record of every thing model that is refused at its import, with the code that the cloud has for the fault (6314,
 * 6317, 6325, 6329): nobody can report by a model that was never taken, so this is where these codes arise.
 */
export function recordRefusedImports(importModel: Import, { clock, trace }: { clock: Clock, trace: Pick<TraceKeeper, 'record'> }): Import {
  return async (input, context) => {
    try {
      return await importModel(input, context)
    }
    catch (error) {
      if (error instanceof AppError && error.code === 'model/invalid') {
        const code = parseThingModel(input.text).issues?.find(issue => issue.code !== undefined)?.code ?? unnamed
        const productKey = input.productKey ?? ''
        const steps = [
          { bizCode: 'ApiService', operation, code, message: error.message },
          { bizCode: 'ThingModel', operation: 'check', code, message: error.message },
        ]
        trace.record({ at: clock.now(), deviceId: 0, deviceKey: productKey, operation, content: { productKey, ...error.details }, code, detail: packDetail({ issues: [], steps }) })
      }
      throw error
    }
  }
}
