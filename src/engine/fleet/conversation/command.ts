import type { Buffer } from 'node:buffer'
import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { Topic } from '../../../shared/alink/topic.ts'
import type { JsonValue } from '../../../shared/json.ts'
import { parseRequest } from '../../../shared/alink/envelope.ts'
import { customRrpcTopics, systemRrpcTopics } from '../../../shared/alink/rrpc.ts'
import { propertyGetMethod, propertySetMethod } from '../../../shared/alink/service.ts'
import { parseTopic, replyTopic } from '../../../shared/alink/topic.ts'

/** What the platform wants of a device. */
export type Wish
  = | { kind: 'set' | 'get', params: JsonValue | undefined }
    | { kind: 'service', key: string, params: JsonValue | undefined }
  /** Bytes that are no command of the thing model; the device gives them back. */
    | { kind: 'raw', payload: Uint8Array }

export interface Command {
  /** Where it came. */
  topic: string
  wish: Wish
  /** The command's id as JSON text, to be echoed verbatim (Alink, trap T4); empty text when it has none. */
  idText: string
  /** Where the answer goes, and by what it is found: its topic for an RRPC, its id for the rest (Alink 5.7). */
  replyTopic: string
  isRrpc: boolean
  wantsReply: boolean
}

const servicePrefix = 'thing.service.'

/** Takes a message apart that may be a command; undefined when it is none, or cannot be read. */
export function readCommand(topic: Topic, topicText: string, payload: Buffer): Command | undefined {
  switch (topic.kind) {
    case 'property.set':
    case 'property.get':
      return topic.reply ? undefined : readAlink(topicText, payload, params => ({ kind: topic.kind === 'property.set' ? 'set' : 'get', params }))
    case 'service.call':
      return topic.reply ? undefined : readAlink(topicText, payload, params => ({ kind: 'service', key: topic.identifier, params }))
    case 'rrpc.request':
      return readRrpc(topicText, parseAlink(payload), payload, systemRrpcTopics(topic, topic.messageId).response)
    case 'ext.rrpc': {
      const inner = parseTopic(topic.topic)
      const isCommand = inner.kind === 'property.set' || inner.kind === 'property.get' || inner.kind === 'service.call'
      return readRrpc(topicText, isCommand ? parseAlink(payload) : undefined, payload, customRrpcTopics(topic.topic, topic.messageId).response)
    }
    default:
      return undefined
  }
}

/** Whose command it is: the device in the topic, or in the topic that an RRPC wraps. */
export function addresseeOf(topic: Topic): { productKey: string, deviceName: string } | undefined {
  const inner = topic.kind === 'ext.rrpc' ? parseTopic(topic.topic) : topic
  return 'deviceName' in inner ? inner : undefined
}

function readAlink(topicText: string, payload: Buffer, toWish: (params: JsonValue | undefined) => Wish): Command | undefined {
  const request = parseAlink(payload)
  return request && { topic: topicText, wish: toWish(request.params), idText: request.idText, replyTopic: replyTopic(topicText), isRrpc: false, wantsReply: request.wantsReply }
}

function readRrpc(topic: string, request: AlinkRequest | undefined, payload: Buffer, response: string): Command {
  const wish = request?.method === undefined ? undefined : wishOf(request.method, request.params)
  return {
    topic,
    // The payload is the link's own buffer, which is used again.
    wish: wish ?? { kind: 'raw', payload: Uint8Array.from(payload) },
    idText: request?.idText ?? '',
    replyTopic: response,
    isRrpc: true,
    wantsReply: request?.wantsReply ?? true,
  }
}

function parseAlink(payload: Buffer): AlinkRequest | undefined {
  return parseRequest(payload.toString('utf8')).request
}

function wishOf(method: string, params: JsonValue | undefined): Wish | undefined {
  if (method === propertySetMethod)
    return { kind: 'set', params }
  if (method === propertyGetMethod)
    return { kind: 'get', params }
  return method.startsWith(servicePrefix) ? { kind: 'service', key: method.slice(servicePrefix.length), params } : undefined
}
