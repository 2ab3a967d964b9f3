import type { TopicOperation } from '../../../shared/alink/topic-category.ts'
import type { Action } from '../action.ts'
import { topicOperations } from '../../../shared/alink/topic-category.ts'
import { limits } from '../../../shared/limits.ts'
import { action } from '../action.ts'
import { ApiFailure } from '../failure.ts'
import { boolean, required, text } from '../parameter.ts'

const code = 'iot.messagebroker.InvalidFormattedTopicName'
const topicId = required(text('The id that CreateProductTopic and QueryProductTopic answer.'))
const shortName = text('What follows the names of product and device, with or without `user/` in front.', { max: limits.topicBytesMax, code })
const operation = text('What devices may do there: subscribe, publish, or both.', { oneOf: topicOperations })
const described = text('A description in up to 100 characters.', { max: limits.topicDescriptionCharsMax })
/** Newer clients have these. */
const notHere = {
  Codec: text('Compression of payloads is not here: refused.'),
  EnableProxySubscribe: boolean('Subscriptions that the platform makes for devices are not here: true is refused.'),
}

/** An answer gives the rights of devices as a number, where a request has the word. */
const operationNumbers: Record<TopicOperation, string> = { PUB: '0', SUB: '1', ALL: '2' }
const errors = { 'limit/reached': 'iot.messagebroker.TopicTemplateCountExceedMax', 'input/invalid': code } as const

function readId(written: string): number {
  if (!/^[1-9]\d{0,14}$/.test(written))
    throw new ApiFailure('iot.messagebroker.TopicTemplateIsNotFound', `There is no topic category ${written}.`)
  return Number(written)
}

function readOperation(written: string): TopicOperation
function readOperation(written: string | undefined): TopicOperation | undefined
function readOperation(written: string | undefined): TopicOperation | undefined {
  return topicOperations.find(name => name === written)
}

function refuseNotHere({ Codec, EnableProxySubscribe }: { Codec: string | undefined, EnableProxySubscribe: boolean | undefined }): void {
  if (Codec !== undefined || EnableProxySubscribe === true)
    throw new ApiFailure('iot.common.InvalidParameter', `${Codec === undefined ? 'EnableProxySubscribe' : 'Codec'} is not served here: leave it out.`)
}

/** Categories of custom topics. */
export const topicCategoryActions: Action[] = [
  action({
    name: 'CreateProductTopic',
    group: 'product',
    about: 'Adds a category of custom topics to a product; its devices may use them at once.',
    parameters: { ProductKey: required(text('The product.')), TopicShortName: required(shortName), Operation: required(operation), Desc: described, ...notHere },
    answer: { TopicId: 'l' },
    errors,
    fields: { shortName: 'TopicShortName' },
    async run({ ProductKey, TopicShortName, Operation, Desc, ...rest }, { call }) {
      refuseNotHere(rest)
      const { topicId } = await call('topic.create', { productKey: ProductKey, shortName: TopicShortName, operation: readOperation(Operation), description: Desc ?? '' })
      return { TopicId: topicId }
    },
  }),
  action({
    name: 'UpdateProductTopic',
    group: 'product',
    about: 'Changes a category of custom topics; a default one keeps its name.',
    parameters: { TopicId: topicId, TopicShortName: shortName, Operation: operation, Desc: described, ...notHere },
    answer: {},
    errors,
    fields: { shortName: 'TopicShortName' },
    async run({ TopicId, TopicShortName, Operation, Desc, ...rest }, { call }) {
      refuseNotHere(rest)
      await call('topic.update', { topicId: readId(TopicId), shortName: TopicShortName, operation: readOperation(Operation), description: Desc })
      return {}
    },
  }),
  action({
    name: 'DeleteProductTopic',
    group: 'product',
    about: 'Deletes a category of custom topics that is no default one.',
    parameters: { TopicId: topicId },
    answer: {},
    errors,
    async run({ TopicId }, { call }) {
      await call('topic.delete', { topicId: readId(TopicId) })
      return {}
    },
  }),
  action({
    name: 'QueryProductTopic',
    group: 'product',
    about: 'The categories of custom topics of a product.',
    parameters: { ProductKey: required(text('The product.')) },
    answer: { Data: { ProductTopicInfo: [{ Desc: 's', EnableProxySubscribe: 'b', Id: 's', Operation: 's', ProductKey: 's', TopicShortName: 's' }] } },
    async run({ ProductKey }, { call }) {
      const { topics } = await call('topic.list', { productKey: ProductKey })
      return {
        Data: {
          ProductTopicInfo: topics.map(({ topicId, topic, operation, description }) => ({
            Desc: description,
            EnableProxySubscribe: false,
            Id: String(topicId),
            Operation: operationNumbers[operation],
            ProductKey,
            TopicShortName: topic,
          })),
        },
      }
    },
  }),
]
