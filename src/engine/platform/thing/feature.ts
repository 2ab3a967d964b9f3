import type { ValidationLevel } from '../../../shared/contract/product.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { FeatureHandlers, Outcome } from '../feature.ts'
import { handlePropertyPost } from './handle.ts'

export interface ThingContext {
  /** The model that a product's devices report by, and how strictly; no model while the product has none. */
  modelOf: (productKey: string) => { model: CompiledModel | null, level: ValidationLevel }
  applyLimits: () => boolean
}

/** The thing model's part of the platform: property reports. */
export function thingHandlers({ modelOf, applyLimits }: ThingContext): FeatureHandlers {
  return {
    'property.post': ({ device, topic, topicText, payload, receivedAt }): Outcome => {
      if (topic.reply)
        return { code: null, detail: null }
      const { reply, ...outcome } = handlePropertyPost({
        ...modelOf(device.productKey),
        applyLimits: applyLimits(),
        topic: topicText,
        payload,
        receivedAt,
      })
      return reply === null ? outcome : { ...outcome, replies: [reply] }
    },
  }
}
