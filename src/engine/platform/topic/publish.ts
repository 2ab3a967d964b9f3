import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { DeliveryOutcome, MessageProperties, PublishReport } from '../../../shared/contract/message.ts'
import type { TraceStep } from '../../../shared/contract/trace.ts'
import type { DownProperties } from '../../broker/types.ts'
import type { DownlinkMessage, FeatureDevice } from '../feature.ts'
import { parseTopic } from '../../../shared/alink/topic.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { messageIdOf } from '../../../shared/log/message-id.ts'

export interface PublishContext {
  /** Epoch milliseconds. */
  now: () => number
  nextId: () => string
  /** Sends at once; `onResult` is called before it returns the id of the row. */
  send: (deviceId: number, message: DownlinkMessage, onResult: (outcome: DeliveryOutcome, problem?: { code: number, message: string }) => void) => number
  /** Notes in the trace a call of the API that was refused. */
  record: (device: FeatureDevice, operation: string, content: object, code: number, detail: string) => void
  /** The step that says which operation of the API asked, see `TraceKeeper.asked`. */
  asked: (operation: string, verdict?: { code: number, message?: string }) => TraceStep[]
  /** Why a device may not receive on a topic, see `ProductTopics.refuse`. */
  refuse: (operation: 'SUB', device: FeatureDevice, path: string) => { code: number, message: string } | null
  /** The MQTT version that a device speaks, 5 for the newest; undefined while it is offline. */
  protocolOf: (deviceId: number) => 3 | 4 | 5 | undefined
  /** Resolves when what was sent can be read in the trace. */
  settle: () => Promise<void>
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

type Publish = EngineApi['methods']['device.publish']
type Sending = Pick<Parameters<Publish>[0], 'text' | 'payloadBase64' | 'qos' | 'properties' | 'expirySec'>

/** One message with whom it goes to. */
interface Addressed { device: FeatureDevice, topic: string, properties: MessageProperties | undefined }

/** Messages of any bytes to devices on their custom topics (the platform's API `Pub` and `BatchPub`, Alink 12.5). */
export function publishMethodHandlers(context: PublishContext): Pick<EngineApi['methods'], 'device.publish' | 'device.publishBatch'> {
  const { settle, requireDevice } = context
  return {
    'device.publish': async ({ productKey, deviceName, topic, properties, ...sending }) => {
      const device = requireDevice(productKey, deviceName)
      const message = { device, topic: wholeTopic(device, topic), properties }
      await check(context, 'Pub', message, sending)
      const report = send(context, 'Pub', message, sending)
      await settle()
      return report
    },
    'device.publishBatch': async ({ productKey, deviceNames, topic, properties, ...sending }) => {
      const messages = deviceNames.map((deviceName): Addressed => {
        const device = requireDevice(productKey, deviceName)
        const responseTopic = properties?.responseTopic === undefined ? {} : { responseTopic: fillIn(device, properties.responseTopic) }
        return { device, topic: wholeTopic(device, fillIn(device, topic)), properties: properties && { ...properties, ...responseTopic } }
      })
      for (const message of messages)
        await check(context, 'BatchPub', message, sending)
      const reports = messages.map(message => send(context, 'BatchPub', message, sending))
      await settle()
      return reports
    },
  }
}

function wholeTopic({ productKey, deviceName }: FeatureDevice, topic: string): string {
  return topic.startsWith('/') ? topic : `/${productKey}/${deviceName}/${topic}`
}

function fillIn({ productKey, deviceName }: FeatureDevice, template: string): string {
  // eslint-disable-next-line no-template-curly-in-string
  return template.replaceAll('${productKey}', () => productKey).replaceAll('${deviceName}', () => deviceName)
}

function payloadOf({ text, payloadBase64 }: Sending): Buffer {
  return Buffer.from(text ?? payloadBase64 ?? '', text === undefined ? 'base64' : 'utf8')
}

/** Throws AppError topic/not-permitted, which the trace then shows, or input/invalid. */
async function check({ record, asked, refuse, settle }: PublishContext, operation: string, { device, topic }: Addressed, sending: Sending): Promise<void> {
  const bytes = payloadOf(sending).length
  const problem = topicProblem(topic, device, refuse)
  if (problem !== null) {
    record(device, operation, { TopicFullName: topic, Qos: sending.qos, bytes }, problem.code, packDetail({ issues: [], steps: asked(operation, problem) }))
    await settle()
    throw new AppError('topic/not-permitted', problem.message, { productKey: device.productKey, deviceName: device.deviceName, topic, platformCode: problem.code })
  }
  if (bytes > limits.payloadBytesMax)
    throw new AppError('input/invalid', `text: expected at most ${limits.payloadBytesMax} bytes, got ${bytes}.`, { field: 'text', got: bytes, platformCode: 9320 })
}

function send({ now, nextId, send: sendNow, protocolOf }: PublishContext, operation: string, { device, topic, properties }: Addressed, sending: Sending): PublishReport {
  const { qos, expirySec } = sending
  const payload = payloadOf(sending)
  const carried = propertyNames(properties)
  const protocol = protocolOf(device.deviceId)
  const untold = carried.length > 0 && protocol !== undefined && protocol < 5
    ? `${device.deviceName} speaks MQTT ${protocol === 3 ? '3.1' : '3.1.1'}, which cannot carry what was given besides the payload: ${carried.join(', ')}.`
    : undefined
  const note = untold ?? (carried.length > 0 ? `With the MQTT 5 properties ${carried.join(', ')}.` : undefined)
  let outcome: DeliveryOutcome = 'sent'
  let undelivered: { code: number, message: string } | undefined
  const traceId = sendNow(device.deviceId, {
    topic,
    payload,
    qos,
    ...(expirySec !== undefined && { expiresAt: now() + expirySec * 1000 }),
    ...(properties !== undefined && { properties: toDownProperties(properties) }),
    ...(note !== undefined && { note }),
    steps: [{ bizCode: 'ApiService', operation, code: 200 }],
  }, (result, why) => {
    outcome = result
    undelivered = why
  })
  const messageId = traceId === 0 ? nextId() : messageIdOf({ id: traceId, topic }, payload.toString())
  return { messageId, traceId, outcome, code: undelivered?.code ?? 200, message: undelivered?.message ?? untold ?? 'success' }
}

/** The properties that were given, by their names in MQTT 5. */
function propertyNames({ payloadFormat, contentType, responseTopic, correlationData, userProperties = [] }: MessageProperties = {}): string[] {
  const given = { 'Payload Format Indicator': payloadFormat, 'Content Type': contentType, 'Response Topic': responseTopic, 'Correlation Data': correlationData, 'User Property': userProperties[0] }
  return Object.entries(given).filter(([, value]) => value !== undefined).map(([name]) => name)
}

/** The properties as the broker sends them. */
function toDownProperties({ correlationData, userProperties = [], ...rest }: MessageProperties): DownProperties {
  return {
    ...rest,
    ...(correlationData !== undefined && { correlationData: Buffer.from(correlationData) }),
    userProperties: userProperties.map(({ key, value }) => [key, value] as const),
  }
}

/** What is wrong with a topic for a message to `device`: its form (1903), whose it is, or that devices may not receive there (9236). */
function topicProblem(topic: string, device: FeatureDevice, refuse: PublishContext['refuse']): { code: number, message: string } | null {
  const { productKey, deviceName } = device
  const parsed = parseTopic(topic)
  if (parsed.kind === 'invalid')
    return { code: 1903, message: `The topic ${topic} has a wrong form: ${parsed.reason}.` }
  if (parsed.kind !== 'custom' || parsed.productKey !== productKey || parsed.deviceName !== deviceName)
    return { code: 9236, message: `Messages to ${deviceName} go to its custom topics /${productKey}/${deviceName}/user/…, got ${topic}.` }
  return refuse('SUB', device, parsed.path)
}
