import type { EventEmitter } from 'node:events'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import { createRequire } from 'node:module'
import { onTestFinished } from 'vitest'
import { waitForEvent } from './wait-for.ts'

/** What a device is told of its remote configuration. */
export interface ConfigFile { url: string, sign: string, signMethod: string, configSize: number }

/** The part of the npm device SDK that tests use; the package has no types. */
export interface NpmSdkDevice extends EventEmitter {
  postTags: (tags: { attrKey: string, attrValue: string }[], done: (reply: unknown) => void) => void
  deleteTags: (keys: string[], done: (reply: unknown) => void) => void
  getShadow: () => void
  postShadow: (reported: object) => void
  deleteShadow: (keys?: string | string[]) => void
  onShadow: (take: (message: unknown) => void) => void
  publish: (topic: string, payload: string) => void
  subscribe: (topic: string) => void
  getConfig: (done: (reply: { code: number, data: ConfigFile }) => void) => void
  onConfig: (take: (message: { params: ConfigFile }) => void) => void
  end: (force?: boolean) => void
}

const sdk = createRequire(import.meta.url)('alibabacloud-iot-device-sdk') as { device: (config: object) => NpmSdkDevice }

/** Inside a test: a device on the unmodified npm SDK `alibabacloud-iot-device-sdk`, connected; it is gone when the test is over. */
export async function connectNpmDevice({ host, port }: { host: string, port: number }, certificate: DeviceCertificate): Promise<NpmSdkDevice> {
  const device = sdk.device({ ...certificate, brokerUrl: `mqtt://${host}:${port}` })
  device.on('error', () => {})
  onTestFinished(() => device.end(true))
  await waitForEvent(device, 'connect')
  return device
}
