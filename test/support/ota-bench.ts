import type { EngineConfig } from '../../src/engine/config.ts'
import type { Clock } from '../../src/shared/clock.ts'
import type { ApiClient, MethodInput } from '../../src/shared/contract/contract.ts'
import type { OtaPackage } from '../../src/shared/contract/ota-package.ts'
import type { TestEngine } from './test-engine.ts'
import { createDeviceHttp } from '../../src/host/web/device-http.ts'
import { silentLog } from '../../src/shared/log.ts'
import { startEngine } from './test-engine.ts'

/** What the engine needs besides for a listener from which devices download. */
export const withDownloads: Pick<EngineConfig, 'openDeviceHttp'> = {
  openDeviceHttp: (host, routes, certificate) => createDeviceHttp({ host, port: 0, log: silentLog, routes, certificate }),
}

/** Inside a test: an engine with a listener for downloads and the product `a1Test`. */
export async function startOtaBench(wish: Partial<EngineConfig> = {}, clock?: Clock): Promise<TestEngine> {
  const started = await startEngine({ ...withDownloads, ...wish }, clock)
  const products = await started.api.call('product.list', {})
  if (products.length === 0)
    await started.api.call('product.create', { productKey: 'a1Test', name: 'Lamp' })
  return started
}

/** Bytes that differ from place to place. */
export function imageOf(bytes: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, index) => (index * 31 + (index >> 8) * 7) * seed & 0xFF)
}

/** Brings a file in, in parts, and returns the id of the upload. */
export async function uploadFile(api: ApiClient, name: string, content: Uint8Array, partBytes = 100_000): Promise<string> {
  const { uploadId } = await api.call('otaUpload.begin', { name })
  for (let offset = 0; offset < content.length; offset += partBytes)
    await api.call('otaUpload.part', { uploadId, offset, bytes: content.slice(offset, offset + partBytes) })
  return uploadId
}

/** Makes a package with one file for the product `a1Test`. */
export async function makePackage(api: ApiClient, content: Uint8Array, wish: Partial<MethodInput<'otaPackage.create'>> = {}): Promise<OtaPackage> {
  const uploadIds = [await uploadFile(api, 'app.bin', content)]
  return api.call('otaPackage.create', { productKey: 'a1Test', name: 'app-2', version: '2.0.0', uploadIds, ...wish })
}
