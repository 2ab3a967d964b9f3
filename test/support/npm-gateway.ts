import type { EventEmitter } from 'node:events'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { JsonObject, JsonValue } from '../../src/shared/json.ts'
import { createRequire } from 'node:module'
import { onTestFinished } from 'vitest'
import { waitForEvent } from './wait-for.ts'

export interface SdkAnswer { code: number, data: JsonValue, id: string, message: string }
type Done = (answer: SdkAnswer) => void

/** A sub-device as the npm device SDK gives it; the package has no types. */
export interface SdkSubDevice extends EventEmitter {
  postProps: (properties: JsonObject, done: Done) => void
  postEvent: (event: string, output: JsonObject, done: Done) => void
  postTags: (tags: { attrKey: string, attrValue: string }[], done: Done) => void
  onProps: (take: (command: { id: string, params: JsonObject }) => void) => void
  onService: (service: string, take: (command: { id: string, params: JsonObject }, reply: (answer: object, kind?: 'sync' | 'async') => void) => void) => void
  publish: (topic: string, payload: string) => void
}

/** The gateway of the npm device SDK. */
export interface SdkGateway extends EventEmitter {
  addTopo: (devices: DeviceCertificate[], done: Done) => void
  getTopo: (done: Done) => void
  removeTopo: (devices: object[], done: Done) => void
  login: (device: DeviceCertificate, done: Done) => SdkSubDevice
  logout: (device: object, done: Done) => void
  regiestSubDevice: (devices: object[], done: Done) => void
  end: (force?: boolean) => void
}

const sdk = createRequire(import.meta.url)('alibabacloud-iot-device-sdk') as { gateway: (config: object) => SdkGateway }

/** Inside a test: a gateway on the unmodified npm SDK `alibabacloud-iot-device-sdk`, connected; it is gone when the test is over. */
export async function connectNpmGateway({ host, port }: { host: string, port: number }, certificate: DeviceCertificate): Promise<SdkGateway> {
  const gateway = sdk.gateway({ ...certificate, brokerUrl: `mqtt://${host}:${port}` })
  gateway.on('error', () => {})
  onTestFinished(() => gateway.end(true))
  await waitForEvent(gateway, 'connect')
  return gateway
}

/** The answer to one call of the SDK. */
export function answerOf(call: (done: Done) => void): Promise<SdkAnswer> {
  return new Promise(resolve => call(resolve))
}
