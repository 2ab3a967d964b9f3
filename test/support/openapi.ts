import type { EngineConfig } from '../../src/engine/config.ts'
import type { Clock } from '../../src/shared/clock.ts'
import type { AccessKey } from '../../src/shared/contract/openapi.ts'
import type { TestEngine } from './test-engine.ts'
import { createRequire } from 'node:module'
import { createOpenApiHttp } from '../../src/host/web/openapi-http.ts'
import { silentLog } from '../../src/shared/log.ts'
import { startEngine } from './test-engine.ts'

const require = createRequire(import.meta.url)
const { default: Client } = require('@alicloud/iot20180120') as typeof import('@alicloud/iot20180120')
const { Config } = require('@alicloud/openapi-client') as typeof import('@alicloud/openapi-client')
const RPCClient = require('@alicloud/pop-core') as typeof import('@alicloud/pop-core')

/** The cloud's typed client for Node.js, unmodified. */
export type IotClient = InstanceType<typeof Client>
/** The requests and answers of {@link IotClient} as classes: `new models.QueryProductRequest({ productKey })`. */
export const models = require('@alicloud/iot20180120') as typeof import('@alicloud/iot20180120')

/** The answer of any action as `@alicloud/pop-core` gives it. */
export interface PopAnswer { RequestId: string, Success: boolean, [member: string]: unknown }

export interface TestOpenApi extends TestEngine {
  url: string
  key: AccessKey
  client: IotClient
  /** Calls an action with `@alicloud/pop-core`, by GET unless POST is asked for; rejects as that library does when the answer says that it failed. */
  pop: (action: string, parameters?: object, method?: 'GET' | 'POST') => Promise<PopAnswer>
}

/** A client that signs in headers, or with `signatureAlgorithm: 'v2'` in parameters. */
export function connectClient(url: string, { accessKeyId, accessKeySecret }: Pick<AccessKey, 'accessKeyId' | 'accessKeySecret'>, options: { signatureAlgorithm?: string } = {}): IotClient {
  const { host, protocol } = new URL(url)
  return new Client(new Config({ accessKeyId, accessKeySecret, endpoint: host, protocol: protocol.slice(0, -1), regionId: 'cn-shanghai', ...options }))
}

/** A caller on `@alicloud/pop-core`, which signs in parameters. */
export function connectPop(url: string, { accessKeyId, accessKeySecret }: Pick<AccessKey, 'accessKeyId' | 'accessKeySecret'>): TestOpenApi['pop'] {
  const core = new RPCClient({ accessKeyId, accessKeySecret, endpoint: url, apiVersion: '2018-01-20' })
  return (action, parameters = {}, method = 'GET') => core.request<PopAnswer>(action, parameters, { method, timeout: 20_000 })
}

/** Inside a test: a whole engine with the listener of the cloud's API, an access key, and both of the cloud's own clients pointed at it. */
export async function startOpenApi(wish: Partial<EngineConfig> = {}, clock?: Clock): Promise<TestOpenApi> {
  const started = await startEngine({
    openApiHttp: (_openToNetwork, answer, certificate) => createOpenApiHttp({ host: '127.0.0.1', port: 0, log: silentLog, answer, certificate }),
    ...wish,
  }, clock)
  const url = started.engine.openApiUrl ?? ''
  const key = await started.api.call('key.create', { name: 'test' })
  return { ...started, url, key, client: connectClient(url, key), pop: connectPop(url, key) }
}
