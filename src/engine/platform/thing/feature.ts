import type { ValidationLevel } from '../../../shared/contract/product.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { FeatureDevice, FeatureHandlers, Outcome, UpMessage } from '../feature.ts'
import type { ModelAsker } from './model-handle.ts'
import type { AcceptedEvent, BlockOutcome, FindSubDevice, GroupPost, PropertyPost } from './types.ts'
import { answerRequest } from '../answer-request.ts'
import { handleBatchPost, handleHistoryPost, handlePackPost } from './batch-handle.ts'
import { handleEventPost } from './event-handle.ts'
import { handlePropertyPost } from './handle.ts'
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

  const finish = ({ device, receivedAt }: UpMessage, { reply, events, others = [], ...outcome }: BlockOutcome): Outcome => ({
    ...outcome,
    ...(reply !== null && { replies: [reply] }),
    statements: storeEvents(device, events, receivedAt),
    parts: others.map(({ events: partEvents, ...part }) => ({ ...part, statements: storeEvents(part.device, partEvents, receivedAt) })),
  })

  return {
    'property.post': (message) => {
      if (message.topic.reply)
        return unjudged
      const { reply, ...outcome } = handlePropertyPost(readPost(message))
      return reply === null ? outcome : { ...outcome, replies: [reply] }
    },
    'event.post': message => message.topic.reply ? unjudged : finish(message, handleEventPost(readPost(message), message.topic.identifier)),
    'property.batchPost': message => message.topic.reply ? unjudged : finish(message, handleBatchPost(readPost(message))),
    'property.packPost': message => message.topic.reply ? unjudged : finish(message, handlePackPost(readGroup(message))),
    'property.historyPost': message => message.topic.reply ? unjudged : finish(message, withoutLatest(handleHistoryPost(readGroup(message)))),
    'model.get': message => answerRequest(message, () => answerModelGet(askerOf(message))),
    'model.getReduced': message => answerRequest(message, ({ params }) => answerReducedModelGet(askerOf(message), params)),
  }
}

/** Values of the past are points of the history and never the latest (Alink 5.4). */
function withoutLatest({ others = [], ...outcome }: BlockOutcome): BlockOutcome {
  return { ...outcome, accepted: [], others: others.map(other => ({ ...other, accepted: [] })) }
}
