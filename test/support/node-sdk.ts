import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { JsonObject, JsonValue } from '../../src/shared/json.ts'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { onTestFinished } from 'vitest'

/** What a callback of the SDK is given. */
export interface SdkReply extends JsonObject { id: string, code: number, data: JsonValue, message: string }

/** The device of the npm package `alibabacloud-iot-device-sdk`, as far as the tests use it; the package brings no types. */
export interface SdkDevice {
  on: (event: 'connect' | 'message' | 'error' | 'close', run: (...args: never[]) => void) => void
  publish: (topic: string, payload: string, options?: object, done?: () => void) => void
  subscribe: (topic: string) => void
  postProps: (properties: JsonObject, reply?: (reply: SdkReply) => void) => void
  onProps: (run: (command: { id: string, method: string, params: JsonObject }) => void) => void
  postEvent: (name: string, params: JsonObject, reply?: (reply: SdkReply) => void) => void
  onService: (name: string, run: (command: { id: string, params: JsonObject }, reply: (answer: JsonObject, kind?: 'sync' | 'async') => void) => void) => void
  end: (force?: boolean, done?: () => void) => void
}

const sdk = createRequire(import.meta.url)('alibabacloud-iot-device-sdk') as { device: (config: object) => SdkDevice }

/** Inside a test: the unmodified SDK, connected as its README does; it is gone when the test is over. */
export async function connectSdk(address: { host: string, port: number }, { productKey, deviceName, deviceSecret }: DeviceCertificate): Promise<SdkDevice> {
  const device = sdk.device({ productKey, deviceName, deviceSecret, brokerUrl: `mqtt://${address.host}:${address.port}` })
  onTestFinished(() => new Promise<void>(resolve => device.end(true, () => resolve())))
  await once(device as never, 'connect')
  return device
}
