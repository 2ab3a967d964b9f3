import type { ValidationLevel } from '../../../shared/contract/product.ts'
import type { JsonValue } from '../../../shared/json.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { FeatureDevice, FeatureHandlers, Outcome, UpMessage } from '../feature.ts'
import type { ModelAsker } from './model-handle.ts'
import type { AcceptedEvent, BlockOutcome, FindSubDevice, GroupPost, PropertyPost } from './types.ts'
import { answerRequest } from '../answer-request.ts'
import { handleBatchPost, handleHistoryPost, handlePackPost } from './batch-handle.ts'
import { handleEventPost } from './event-handle.ts'
import { handlePropertyPost } from './handle.ts'
import { insertPropertyValue } from './history-rows.ts'
import { answerModelGet, answerReducedModelGet } from './model-handle.ts'
import { insertEvent } from './rows.ts'

export interface ThingContext {
  /** The model that a product's devices report by, and how strictly; no model while the product has none. */
  modelOf: (productKey: string) => { model: CompiledModel | null, level: ValidationLevel }
  applyLimits: () => boolean
  findSubDevice: FindSubDevice
}

type Statements = NonNullable<Outcome['statements']>

const unjudged: Outcome = { code: null, detail: null }

/** The thing model's part of the platform: what devices report, and their questions about their model. */
export function thingHandlers({ modelOf, applyLimits, findSubDevice }: ThingContext): FeatureHandlers {
  let eventsStored = 0
  let valuesStored = 0

  const readPost = ({ device, topicText, payload, receivedAt }: UpMessage): PropertyPost => ({
    ...modelOf(device.productKey),
    applyLimits: applyLimits(),
    topic: topicText,
    payload,
    receivedAt,
  })
  const readGroup = (message: UpMessage): GroupPost => ({ ...readPost(message), device: message.device, modelOf, findSubDevice })

  const askerOf = ({ device }: UpMessage): ModelAsker => ({ device, model: modelOf(device.productKey).model })

  /** Every event is a row of its own, so each statement has a key that no other replaces. */
  const storeEvents = ({ deviceId }: FeatureDevice, events: readonly AcceptedEvent[], receivedAt: number): Statements =>
    events.map(({ key, type, output, at }) => ({
      key: `event ${eventsStored++}`,
      statement: { statement: insertEvent, params: [deviceId, key, type, JSON.stringify(output), at, receivedAt] },
    }))

  /** Values that the series cannot hold are rows of their own; of reports that are all numbers nothing is looked at. */
  const storeValues = ({ deviceId, productKey }: FeatureDevice, { accepted, samples }: Pick<BlockOutcome, 'accepted' | 'samples'>): Statements => {
    if (accepted.length === 0)
      return []
    const { model } = modelOf(productKey)
    if (model === null || (accepted.length === samples?.length && model.longs.length === 0))
      return []
    return accepted.flatMap(({ identifier, value, at }) => isInSeries(model, identifier, value) ? [] : [{ key: `value ${valuesStored++}`, statement: { statement: insertPropertyValue, params: [deviceId, identifier, JSON.stringify(value), at] } }])
  }

  const finish = ({ device, receivedAt }: UpMessage, { reply, events, others = [], ...outcome }: BlockOutcome): Outcome => ({
    ...outcome,
    ...(reply !== null && { replies: [reply] }),
    statements: [...storeEvents(device, events, receivedAt), ...storeValues(device, outcome)],
    parts: others.map(({ events: partEvents, ...part }) => ({ ...part, statements: [...storeEvents(part.device, partEvents, receivedAt), ...storeValues(part.device, part)] })),
  })

  return {
    'property.post': (message) => {
      if (message.topic.reply)
        return unjudged
      const { reply, ...outcome } = handlePropertyPost(readPost(message))
      const statements = storeValues(message.device, outcome)
      return { ...outcome, ...(statements.length > 0 && { statements }), ...(reply !== null && { replies: [reply] }) }
    },
    'event.post': message => message.topic.reply ? unjudged : finish(message, handleEventPost(readPost(message), message.topic.identifier)),
    'property.batchPost': message => message.topic.reply ? unjudged : finish(message, handleBatchPost(readPost(message))),
    'property.packPost': message => message.topic.reply ? unjudged : finish(message, handlePackPost(readGroup(message))),
    'property.historyPost': message => message.topic.reply ? unjudged : withoutLatest(finish(message, handleHistoryPost(readGroup(message)))),
    'model.get': message => answerRequest(message, () => answerModelGet(askerOf(message))),
    'model.getReduced': message => answerRequest(message, ({ params }) => answerReducedModelGet(askerOf(message), params)),
  }
}

/** Values of the past are points of the history and never the latest (Alink 5.4). */
function withoutLatest({ parts = [], ...outcome }: Outcome): Outcome {
  return { ...outcome, accepted: [], parts: parts.map(part => ({ ...part, accepted: [] })) }
}

/** Numbers are kept as samples of their message; a 64-bit integer only while a number holds it exactly. */
function isInSeries(model: CompiledModel, key: string, value: JsonValue): boolean {
  const compiled = model.properties.get(key)
  return compiled !== undefined && compiled.isNumeric && (compiled.property.dataType.type !== 'long' || Number.isSafeInteger(Number(value)))
}
