import type { MessageProperties } from '../../../shared/contract/message.ts'
import type { Action } from '../action.ts'
import type { ParameterValues } from '../parameter.ts'
import { identityIn } from '../../../shared/alink/topic.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { action } from '../action.ts'
import { ApiFailure } from '../failure.ts'
import { boolean, initially, integer, objects, required, text, texts } from '../parameter.ts'

const named = {
  ProductKey: required(text('The product of the device.')),
  DeviceName: required(text('The name of the device.')),
}

const content = required(text('The payload in Base64; at most 256 KB.'))

/** A text that goes along with a message. */
const property = { max: limits.messagePropertyCharsMax }

/** What a message to a device is sent with. */
const sending = {
  MessageContent: content,
  Qos: initially(integer('0, or 1: then it waits up to seven days for a device whose session is kept.', { oneOf: [0, 1] }), 0),
  UserProp: objects('User properties, for devices that speak MQTT 5; the trace says when the device does not.', { Key: required(text('Its key.', property)), Value: required(text('Its value.', property)) }, { max: limits.userPropertiesMax }),
  ContentType: text('What the payload is, for devices that speak MQTT 5.', property),
  CorrelationData: text('What an answer shall carry, as text, for devices that speak MQTT 5.', property),
  PayloadFormatIndicator: integer('0: any bytes; 1: text in UTF-8. For devices that speak MQTT 5.', { oneOf: [0, 1] }),
  MessageExpiryInterval: integer('Seconds after which the message is not delivered any more, and which devices that speak MQTT 5 are told.', { min: 1, max: 0xFFFF_FFFF }),
  Retained: boolean('No retained messages are kept here: true is refused.'),
}

const responseTopic = text('Where an answer shall go, for devices that speak MQTT 5.', property)

type Sending = ParameterValues<typeof sending>

/** Messages to devices that are not about their thing model, and what devices subscribe to. */
export const messageActions: Action[] = [
  action({
    name: 'Pub',
    group: 'message',
    about: 'Sends a message to a device on one of its custom topics. It succeeds when the platform takes the message: the trace shows whether the device was there and had subscribed.',
    parameters: {
      ProductKey: named.ProductKey,
      TopicFullName: required(text('/PRODUCT_KEY/DEVICE_NAME/user/…, a topic that the device may subscribe to.')),
      DeviceName: text('The name of the device; without it the one in the topic.'),
      ...sending,
      ResponseTopic: responseTopic,
      TopicAlias: integer('No effect: the whole topic is always sent.'),
    },
    answer: { MessageId: 's' },
    async run({ ProductKey: productKey, DeviceName, TopicFullName: topic, ResponseTopic, ...values }, { call }) {
      const deviceName = DeviceName ?? identityIn(topic)?.deviceName
      if (deviceName === undefined)
        throw new ApiFailure('iot.messagebroker.InvalidFormattedTopicName', `TopicFullName: expected /${productKey}/DEVICE_NAME/user/…, got ${JSON.stringify(topic.slice(0, 128))}.`, { platformCode: 9236 })
      const { messageId } = await call('device.publish', { productKey, deviceName, topic, ...messageOf(values, ResponseTopic) })
      return { MessageId: messageId }
    },
  }),
  action({
    name: 'BatchPub',
    group: 'message',
    about: 'Sends a message to several devices of a product, to each on its own custom topic; one that does not exist stops all. It succeeds as Pub does.',
    parameters: {
      ProductKey: required(text('The product of the devices.')),
      DeviceName: required(texts('The names of the devices.', { max: limits.devicesPerPublishMax })),
      TopicShortName: text('What follows /PRODUCT_KEY/DEVICE_NAME/user/ in the topic, with or without user/ in front.'),
      // eslint-disable-next-line no-template-curly-in-string
      TopicTemplateName: text('Instead of TopicShortName: the whole topic with ${deviceName} in the place of the name.'),
      ...sending,
      // eslint-disable-next-line no-template-curly-in-string
      ResponseTopicTemplateName: text('Where an answer shall go, with ${deviceName} in the place of the name; for devices that speak MQTT 5.', property),
    },
    answer: {},
    async run({ ProductKey: productKey, DeviceName: deviceNames, TopicShortName, TopicTemplateName, ResponseTopicTemplateName, ...values }, { call }) {
      const topic = TopicTemplateName ?? (TopicShortName === undefined ? undefined : `user/${TopicShortName.replace(/^\/?(?:user\/)?/, '')}`)
      if (topic === undefined)
        throw new ApiFailure('iot.messagebroker.NullTopicName', 'TopicShortName: expected what follows /PRODUCT_KEY/DEVICE_NAME/user/, got nothing.')
      await call('device.publishBatch', { productKey, deviceNames, topic, ...messageOf(values, ResponseTopicTemplateName) })
      return {}
    },
  }),
  action({
    name: 'PubBroadcast',
    group: 'message',
    about: 'Sends a message with QoS 0 to all devices of a product that are online, or to those that have subscribed to a broadcast topic. MessageId is the id of the record in the trace.',
    parameters: {
      ProductKey: required(text('The product of the devices.')),
      MessageContent: content,
      TopicFullName: text('/broadcast/PRODUCT_KEY/…; without it every device that is online gets the message.'),
    },
    answer: { MessageId: 'l' },
    errors: { 'limit/reached': 'iot.messagebroker.RateLimit' },
    async run({ ProductKey: productKey, MessageContent, TopicFullName: topic }, { call }) {
      const { traceId, messageId } = await call('broadcast.send', { productKey, topic, payloadBase64: base64('MessageContent', MessageContent) })
      return { MessageId: numberOf(traceId, messageId) }
    },
  }),
  action({
    name: 'RRpc',
    group: 'message',
    about: 'Sends a request to a device and waits for its answer, on the system topic or a topic of its own. MessageId is the id of the request in the trace; the one in the device\'s topic is too long for a number.',
    parameters: {
      ...named,
      RequestBase64Byte: required(text('The request in Base64.')),
      Timeout: required(integer('How long the answer is waited for, milliseconds.', { min: 1_000, max: limits.callTimeoutMs, code: 'iot.messagebroker.InvalidTimeoutValue', alias: 'TimeOut' })),
      Topic: text('A topic that begins with "/"; the device subscribes to /ext/rrpc/+ with it behind and answers where the request came. Without it the system topic.'),
      ContentType: text('What the request is, for devices that speak MQTT 5.', property),
    },
    answer: { MessageId: 'l', PayloadBase64Byte: 's', RrpcCode: 's' },
    fields: { payloadBase64: 'RequestBase64Byte', timeoutMs: 'Timeout' },
    async run({ ProductKey: productKey, DeviceName: deviceName, RequestBase64Byte, Timeout: timeoutMs, Topic: topic, ContentType: contentType }, { call }) {
      const payloadBase64 = base64('RequestBase64Byte', RequestBase64Byte)
      try {
        const { rowId, messageId, payloadBase64: answer } = await call('device.rrpc', { productKey, deviceName, payloadBase64, timeoutMs, topic: checkTopic(topic), contentType })
        return { MessageId: numberOf(rowId, messageId), PayloadBase64Byte: answer, RrpcCode: 'SUCCESS' }
      }
      catch (error) {
        throw error instanceof AppError ? rrpcFailure(error) ?? error : error
      }
    },
  }),
  action({
    name: 'AsyncRRpc',
    group: 'message',
    about: 'Sends a request to a device as RRpc does and does not wait. The answer is not forwarded anywhere: it is in the trace, in the journey of the request, whose id MessageId is.',
    parameters: {
      ...named,
      MessageContent: content,
      TopicFullName: text('A topic that begins with "/", as Topic of RRpc; without it the system topic.'),
      ExtInfo: text('Kept with the request in the trace.', property),
    },
    answer: { MessageId: 'l' },
    async run({ ProductKey: productKey, DeviceName: deviceName, MessageContent, TopicFullName: topic, ExtInfo: note }, { call }) {
      const { rowId, messageId } = await call('device.rrpcAsync', { productKey, deviceName, payloadBase64: base64('MessageContent', MessageContent), topic: checkTopic(topic), note })
      return { MessageId: numberOf(rowId, messageId) }
    },
  }),
  action({
    name: 'SubscribeTopic',
    group: 'message',
    about: 'Subscribes a device that has been online before to topics it may subscribe to itself, all or none. They are its own whatever sessions it has, until UnsubscribeTopic or the device ends them.',
    parameters: { ...named, Topic: required(texts('The topics, which may have wildcards.', { max: limits.topicsPerSubscriptionMax })) },
    answer: {},
    async run({ ProductKey: productKey, DeviceName: deviceName, Topic: topics }, { call }) {
      await call('subscription.add', { productKey, deviceName, topics })
      return {}
    },
  }),
  action({
    name: 'UnsubscribeTopic',
    group: 'message',
    about: 'Ends subscriptions of a device, whoever made them. FailureTopics are those that it was not subscribed to.',
    parameters: { ...named, Topic: required(texts('The topics as they were subscribed to.', { max: limits.topicsPerSubscriptionMax })) },
    answer: { FailureTopics: { topic: ['s'] } },
    async run({ ProductKey: productKey, DeviceName: deviceName, Topic: topics }, { call }) {
      const { missing } = await call('subscription.remove', { productKey, deviceName, topics })
      return { FailureTopics: { topic: missing } }
    },
  }),
  action({
    name: 'QueryDeviceSubTopic',
    group: 'message',
    about: 'What a device is subscribed to, with the time in milliseconds. What it has asked for itself counts while its session lasts.',
    parameters: named,
    answer: { TopicList: [{ Timestamp: 'l', TopicName: 's' }] },
    async run({ ProductKey: productKey, DeviceName: deviceName }, { call }) {
      const { subscriptions } = await call('subscription.list', { productKey, deviceName })
      return { TopicList: subscriptions.map(({ topic, subscribedAt }) => ({ Timestamp: subscribedAt ?? undefined, TopicName: topic })) }
    },
  }),
  action({
    name: 'QueryMessageInfo',
    group: 'message',
    about: 'A message by the id that the API or the log gives it, as long as the trace keeps it: any message from or to a device, or the first one of a broadcast. MQTT 5 properties are not kept.',
    parameters: { UniMsgId: required(text('The id of the message.')) },
    answer: { Message: { GenerateTime: 'l', MessageContent: 's', TopicFullName: 's', UniMsgId: 's' } },
    errors: { 'message/not-found': 'iot.messagebroker.MessageIsNotFound' },
    async run({ UniMsgId: messageId }, { call }) {
      const { at, topic, payload } = await call('message.get', { messageId })
      return { Message: { GenerateTime: at, MessageContent: Buffer.from(payload).toString('base64'), TopicFullName: topic, UniMsgId: messageId } }
    },
  }),
]

/** @throws ApiFailure for content that is not Base64, and for a message that shall be retained. */
function messageOf({ MessageContent, Qos, Retained, MessageExpiryInterval: expirySec, ...given }: Sending, topic: string | undefined): { payloadBase64: string, qos: 0 | 1, properties: MessageProperties, expirySec: number | undefined } {
  if (Retained === true)
    throw new ApiFailure('iot.messagebroker.PublishMessageFailed', 'Retained: no retained messages are kept here, so the message was not sent.')
  const properties: MessageProperties = {
    payloadFormat: given.PayloadFormatIndicator === undefined ? undefined : given.PayloadFormatIndicator === 1 ? 1 : 0,
    contentType: given.ContentType,
    correlationData: given.CorrelationData,
    responseTopic: topic,
    userProperties: given.UserProp?.map(({ Key: key, Value: value }) => ({ key, value })),
  }
  return { payloadBase64: base64('MessageContent', MessageContent), qos: Qos === 1 ? 1 : 0, properties, expirySec }
}

/** Base64 without the line breaks that some encoders write. @throws ApiFailure for anything else. */
function base64(name: string, written: string): string {
  const plain = written.replaceAll(/\s/g, '')
  if (plain.length % 4 !== 0 || !/^[\d+/a-z]*={0,2}$/i.test(plain))
    throw new ApiFailure('iot.messagebroker.MessageContentIsNotBase64Encode', `${name}: expected Base64, got ${JSON.stringify(written.slice(0, 40))}.`)
  return plain
}

function checkTopic(topic: string | undefined): string | undefined {
  if (topic !== undefined && !/^\/[^#+]+$/.test(topic))
    throw new ApiFailure('iot.messagebroker.InvalidFormattedTopicName', `Topic: expected a topic that begins with "/" and has no wildcard, got ${JSON.stringify(topic.slice(0, 128))}.`)
  return topic
}

/** A number for a message, which QueryMessageInfo and the log find: its row. Without a row, for lack of room, one that is found nowhere. */
function numberOf(rowId: number, messageId: string): number {
  return rowId === 0 ? Number(BigInt(messageId) / 1_000n) : rowId
}

/** What became of a request without an answer, as `RrpcCode` says it too. */
function rrpcFailure({ code, message, details }: AppError): ApiFailure | undefined {
  const rrpcCode = code === 'device/no-reply' ? details.isHalfOpen === true ? 'HALFCONN' : 'TIMEOUT' : code === 'device/unreachable' ? 'OFFLINE' : undefined
  const platformCode = typeof details.platformCode === 'number' ? details.platformCode : undefined
  if (rrpcCode === undefined || platformCode === 6208)
    return undefined
  const { rowId, messageId } = details
  const members = { RrpcCode: rrpcCode, ...(typeof rowId === 'number' && { MessageId: numberOf(rowId, String(messageId)) }) }
  return new ApiFailure(platformCode === 9200 ? 'iot.device.InactiveDevice' : `iot.messagebroker.${rrpcCode}`, message, { platformCode, members })
}
