import type { DeviceIdentity } from './device.ts'
import { z } from 'zod'
import { method, stream, type } from './define.ts'

/** What actions of the cloud's API are about, in the order of the page. */
export const actionGroups = ['product', 'model', 'device', 'property', 'service', 'topology', 'shadow', 'message', 'group', 'file', 'ota', 'log'] as const
export type ActionGroup = (typeof actionGroups)[number]

/** A parameter of an action, for a form and the documentation. */
export interface ActionParameter {
  name: string
  /** `texts` is a list of texts, written `Name.1`, `Name.2` …; `objects` one of objects, written `Name.1.Key`. */
  kind: 'text' | 'integer' | 'boolean' | 'json' | 'texts' | 'objects'
  about: string
  isRequired: boolean
  /** What stands in for it when it is left out. */
  initial?: string
  min?: number
  max?: number
  oneOf?: string[]
  /** Of a list of objects: their members. */
  fields?: ActionParameter[]
}

/** An action of the cloud's API as it is served here. */
export interface ActionSummary {
  name: string
  group: ActionGroup
  about: string
  /** Names one device by `IotId`, or by `ProductKey` and `DeviceName`. */
  takesDevice: boolean
  /** The cloud has no such action. */
  isLocal: boolean
  parameters: ActionParameter[]
  /** The form of the answer besides `RequestId`, `Success`, `Code` and `ErrorMessage`, as text. */
  answer: string
}

/** How a call was signed: in headers (`ACS3`), in parameters (`RPC`), or not at all, because the page or the command line made it. */
export const callStyles = ['ACS3', 'RPC', 'none'] as const
export type CallStyle = (typeof callStyles)[number]

/** A call of the API as the recorder keeps it. */
export interface ApiCall {
  /** Grows with time; the key for paging. */
  callId: number
  requestId: string
  at: number
  /** As it was asked for, also when there is no such action. */
  action: string
  style: CallStyle
  httpMethod: string
  /** Empty when none was given. */
  accessKeyId: string
  remoteAddress: string
  /** HTTP status of the answer. */
  status: number
  /** Empty when the call succeeded: the cloud's code otherwise. */
  code: string
  message: string
  elapsedMs: number
  /** Of the record in the trace, whose journey holds every message that the call caused; 0 when there was no room. */
  traceRowId: number
  /** 16 hex digits, as in the platform's log. */
  traceId: string
  /** The device that it was about, where one is named and there. */
  device: DeviceIdentity | null
}

export interface ApiCallDetail extends ApiCall {
  /** Without what belongs to the signature. */
  parameters: Record<string, string>
  /** Names that the action does not know and the platform passed over. */
  ignored: string[]
  /** The body of the answer; the end of a very long one is cut off. */
  answer: string
}

/** An access key, which signs calls of the API. */
export interface AccessKey {
  accessKeyId: string
  accessKeySecret: string
  name: string
  createdAt: number
  /** When a call was last signed with it; null: never since the engine was started. */
  lastUsedAt: number | null
}

const accessKeyId = z.string().min(1).max(64)
const action = z.string().min(1).max(64)

export const openApiMethods = {
  'openapi.actions': method({
    about: 'The actions of the cloud\'s API that are served here, with their parameters and answers, and the names of those that are not.',
    input: z.strictObject({}),
    output: type<{
      /** Base address of the listener; null when it is not open. */
      url: string | null
      actions: ActionSummary[]
      /** Names of the cloud's actions that are answered with an error. */
      absent: string[]
    }>(),
  }),
  'openapi.call': method({
    about: 'Carries out an action of the cloud\'s API without a signature, and answers as the listener would.',
    input: z.strictObject({ action, parameters: z.record(z.string().min(1).max(128), z.string()).default({}) }),
    output: type<{ status: number, body: string, callId: number }>(),
  }),
  'openapi.calls': method({
    about: 'Calls of the API, newest first, a page at a time.',
    input: z.strictObject({
      action: action.optional(),
      /** Part of the action, the request id, the code or the device name, any case. */
      search: z.string().max(128).optional(),
      state: z.enum(['successful', 'failed']).optional(),
      before: z.int().optional(),
      limit: z.int().min(1).max(1_000).default(100),
    }),
    output: type<{ calls: ApiCall[], nextId: number | null, keptMax: number }>(),
  }),
  'openapi.callDetail': method({
    about: 'One call of the API with its parameters and its answer.',
    input: z.strictObject({ callId: z.int() }),
    output: type<ApiCallDetail>(),
  }),
  'key.list': method({
    about: 'The access keys of the workspace, newest first.',
    input: z.strictObject({}),
    output: type<AccessKey[]>(),
  }),
  'key.create': method({
    about: 'Makes an access key, with which programs sign their calls of the API.',
    input: z.strictObject({ name: z.string().trim().max(64).default('') }),
    output: type<AccessKey>(),
  }),
  'key.delete': method({
    about: 'Deletes an access key; calls that are signed with it are refused from now on.',
    input: z.strictObject({ accessKeyId }),
    output: type<null>(),
  }),
}

export const openApiStreams = {
  'openapi.watch': stream({
    about: 'Calls of the API as they end, oldest first.',
    input: z.strictObject({}),
    item: type<{ calls: ApiCall[] }>(),
  }),
}
