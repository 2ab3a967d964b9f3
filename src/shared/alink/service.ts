import type { OutgoingMessage } from './property.ts'
import type { TopicIdentity } from './topic.ts'

export const propertySetMethod = 'thing.service.property.set'
export const propertyGetMethod = 'thing.service.property.get'

/** The version that the cloud writes into commands; its replies carry `1.0`. */
const commandVersion = '1.0.0'

export interface Command extends TopicIdentity {
  /** Decimal digits that fit 64 bits without a sign: Link SDK for C 4 parses them (Alink, trap T5). */
  id: string
  /** `thing.service.property.set`, `thing.service.Blink`, `thing.service.pump:Prime` … */
  method: string
  /** JSON text, as it is to stand on the wire. */
  paramsText: string
}

/** The text of a command from the platform (Alink 5.2 and 5.6): compact, method and id before params (trap T1). */
export function buildCommandText({ id, method, paramsText }: Omit<Command, keyof TopicIdentity>): string {
  return `{"method":${JSON.stringify(method)},"id":${JSON.stringify(id)},"params":${paramsText},"version":"${commandVersion}"}`
}

/** A command on the topic that follows from its method: `/sys/…/thing/service/property/set`, `/sys/…/thing/service/Blink`. */
export function buildCommand({ productKey, deviceName, ...command }: Command): OutgoingMessage {
  return { topic: commandTopic({ productKey, deviceName }, command.method), payload: buildCommandText(command) }
}

/** The topic of a command's method; names of modules keep their colon, everything else is a level of its own. */
export function commandTopic({ productKey, deviceName }: TopicIdentity, method: string): string {
  return `/sys/${productKey}/${deviceName}/${method.replaceAll('.', '/')}`
}

export interface CommandReply {
  /** As the command carried it. */
  id: string
  code: number
  /** JSON text; an empty object when left out, which is all that the answer to a property set may carry. */
  dataText?: string
}

/** What a device answers to a command, in the key order of the device SDKs. */
export function buildCommandReply({ id, code, dataText = '{}' }: CommandReply): string {
  return `{"id":${JSON.stringify(id)},"code":${code},"data":${dataText}}`
}
