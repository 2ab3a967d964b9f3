import type { MethodInput, MethodName, MethodOutput } from '../../shared/contract/contract.ts'
import type { DeviceIdentity } from '../../shared/contract/device.ts'
import type { Log } from '../../shared/log.ts'
import type { Action, DeviceActionContext } from './action.ts'
import type { EndedCall } from './recorder.ts'
import type { HttpRequest, ParsedRequest } from './request.ts'
import { randomUUID } from 'node:crypto'
import { createAuthenticator } from './authenticate.ts'
import { noSuchIotId } from './device-by-iot-id.ts'
import { ApiFailure, GatewayFailure } from './failure.ts'
import { missing, readParameters, unknownNames } from './parameter.ts'
import { actionOf, parseRequest, readCredentials, rpcNames } from './request.ts'
import { translateError } from './translate-error.ts'

/** A device that a call names. */
export interface NamedDevice extends DeviceIdentity { deviceId: number, iotId: string }

/** The record of a call in the trace, whose journey holds what the call causes. */
export interface Journal {
  /** Begins the record; returns the id of its row, 0 when there is no room. */
  begin: (record: { operation: string, device: NamedDevice | null, content: object }) => number
  /** Carries out what belongs to the call. */
  during: <T>(rowId: number, work: () => Promise<T>) => Promise<T>
  /** Says that the call failed. */
  fail: (rowId: number, operation: string, failure: { code: number, message: string }) => void
}

export interface DispatcherContext {
  actions: readonly Action[]
  /** Names of the cloud's actions that are not served. */
  absent: ReadonlySet<string>
  keys: { secretOf: (accessKeyId: string) => string | undefined, used: (accessKeyId: string) => void }
  /** Calls a method of the engine's contract after checking its input. Throws AppError. */
  call: <M extends MethodName>(name: M, input: MethodInput<M>, signal: AbortSignal) => Promise<MethodOutput<M>>
  findDevice: (named: { iotId: string } | DeviceIdentity) => NamedDevice | undefined
  journal: Journal
  /** Keeps a call that is over; returns its id. */
  keep: (call: EndedCall) => number
  /** Resolves when what the call has done can be read; at once while the disk refuses. */
  settle: () => Promise<void>
  /** Epoch milliseconds. */
  now: () => number
  log: Log
}

/** What a caller gets: JSON text with an HTTP status. */
export interface ApiAnswer { status: number, body: string, callId: number }

export interface Dispatcher {
  /** Answers a request of the listener. Never throws. */
  answer: (request: HttpRequest, signal: AbortSignal) => Promise<ApiAnswer>
  /** Carries out an action for the page or the command line, which need no signature. Never throws. */
  run: (action: string, parameters: ReadonlyMap<string, string>, signal: AbortSignal) => Promise<ApiAnswer>
}

/** A request that is being answered, and what is known of it so far. */
interface Open {
  requestId: string
  at: number
  host: string
  action: string
  parameters: ReadonlyMap<string, string>
  device: NamedDevice | null
  origin: Pick<EndedCall, 'style' | 'httpMethod' | 'accessKeyId' | 'remoteAddress'>
}

/** Answers the calls of the cloud's API: finds the action, checks who asks and what for, and keeps a record of each call, also of those refused. */
export function createDispatcher(context: DispatcherContext): Dispatcher {
  const { keys, now } = context
  const byName = new Map(context.actions.map(action => [action.name, action]))
  const authenticate = createAuthenticator({ secretOf: keys.secretOf, now })

  async function carryOut(open: Open, signal: AbortSignal, admit: () => void): Promise<ApiAnswer> {
    const action = byName.get(open.action)
    const traceRowId = context.journal.begin({ operation: open.action || 'unknown', device: open.device, content: { RequestId: open.requestId, ...briefly(open.parameters) } })
    let status = 200
    let code = ''
    let message = ''
    let body: object
    try {
      admit()
      if (open.action === '')
        throw missing('Action')
      if (action === undefined)
        throw notServed(open.action, context)
      const result = await context.journal.during(traceRowId, () => runAction(action, open, signal))
      body = { RequestId: open.requestId, Success: true, ...result }
    }
    catch (error) {
      const failure = asFailure(error, action ?? {}, open, context.log)
      const platformCode = failure instanceof ApiFailure ? failure.platformCode ?? 400 : failure.status
      status = failure instanceof ApiFailure ? 200 : failure.status
      code = failure.code
      message = failure.message
      body = failure instanceof ApiFailure
        ? { RequestId: open.requestId, Success: false, Code: code, ErrorMessage: message, ...failure.members }
        : { RequestId: open.requestId, HostId: open.host, Code: code, Message: message }
      context.journal.fail(traceRowId, open.action || 'unknown', { code: platformCode, message: `${code}: ${message}` })
    }
    const text = JSON.stringify(body)
    const callId = context.keep({
      requestId: open.requestId,
      at: open.at,
      action: open.action,
      ...open.origin,
      status,
      code,
      message,
      elapsedMs: Math.max(0, Math.round(now() - open.at)),
      traceRowId,
      device: open.device && { productKey: open.device.productKey, deviceName: open.device.deviceName },
      parameters: Object.fromEntries(open.parameters),
      ignored: action === undefined ? [] : unknownNames(action.parameters, open.parameters),
      answer: text,
    })
    await context.settle()
    return { status, body: text, callId }
  }

  async function runAction(action: Action, open: Open, signal: AbortSignal): Promise<object> {
    const values = readParameters(action.parameters, open.parameters)
    const actionContext: Omit<DeviceActionContext, 'device'> = { call: (name, input) => context.call(name, input, signal), now, signal }
    if (!action.takesDevice)
      return action.run(values, actionContext as DeviceActionContext)
    if (open.device === null)
      throw noDevice(open.parameters)
    const { productKey, deviceName, iotId } = open.device
    return action.run(values, { ...actionContext, device: { productKey, deviceName, iotId } })
  }

  function begin(action: string, parameters: ReadonlyMap<string, string>, host: string, origin: Open['origin']): Open {
    return { requestId: randomUUID().toUpperCase(), at: now(), host, action, parameters, device: findDevice(context, parameters), origin }
  }

  return {
    async answer(request, signal) {
      const origin: Open['origin'] = { style: 'none', httpMethod: request.method, accessKeyId: '', remoteAddress: request.remoteAddress }
      const host = String(request.headers.host ?? '')
      let parsed: ParsedRequest
      try {
        parsed = parseRequest(request)
      }
      catch (error) {
        return carryOut(begin('', new Map(), host, origin), signal, () => {
          throw error
        })
      }
      const open = begin(actionOf(parsed), businessParameters(parsed.parameters), host, origin)
      return carryOut(open, signal, () => {
        const credentials = readCredentials(parsed)
        Object.assign(origin, { style: credentials.style, accessKeyId: credentials.accessKeyId.slice(0, 64) })
        authenticate(parsed, credentials)
        keys.used(credentials.accessKeyId)
        checkFormat(parsed.parameters.get('Format'))
      })
    },
    run: (action, parameters, signal) => carryOut(begin(action, parameters, '', { style: 'none', httpMethod: '', accessKeyId: '', remoteAddress: '' }), signal, () => {}),
  }
}

/** The parameters of the action itself. */
function businessParameters(parameters: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...parameters].filter(([name]) => !rpcNames.has(name)))
}

function checkFormat(format: string | undefined): void {
  if (format !== undefined && format.toUpperCase() !== 'JSON')
    throw new GatewayFailure(400, 'InvalidParameter', `The parameter Format is not valid: expected JSON, the only form of answers here, got ${JSON.stringify(format.slice(0, 40))}.`)
}

/** The device that a call names, by whatever names it has; most actions on one device name it so, and the log is searched by it. */
function findDevice({ findDevice }: DispatcherContext, parameters: ReadonlyMap<string, string>): NamedDevice | null {
  const iotId = parameters.get('IotId')
  if (iotId)
    return findDevice({ iotId }) ?? null
  const productKey = parameters.get('ProductKey')
  const deviceName = parameters.get('DeviceName')
  return productKey && deviceName ? findDevice({ productKey, deviceName }) ?? null : null
}

function noDevice(parameters: ReadonlyMap<string, string>): Error {
  const [iotId, productKey, deviceName] = ['IotId', 'ProductKey', 'DeviceName'].map(name => parameters.get(name) ?? '')
  if (iotId)
    return noSuchIotId(iotId)
  if (!productKey)
    return missing(deviceName ? 'ProductKey' : 'IotId')
  return deviceName
    ? new ApiFailure('iot.device.NotExistedDevice', `Product ${productKey.slice(0, 64)} has no device named ${deviceName.slice(0, 64)}.`, { platformCode: 6100 })
    : missing('DeviceName')
}

function notServed(name: string, { actions, absent }: DispatcherContext): GatewayFailure {
  if (absent.has(name))
    return new GatewayFailure(501, 'NotImplemented', `${name} is not implemented here: the cloud has this action, and Thingbench does not; nothing was done. docs/fidelity.md lists what it has.`)
  const near = actions.find(action => action.name.toLowerCase() === name.toLowerCase())?.name
  return new GatewayFailure(404, 'InvalidAction.NotFound', `Specified api is not found, please check your url and method: there is no action ${JSON.stringify(name.slice(0, 64))}${near === undefined ? '' : `; it is written ${near}`}.`)
}

function asFailure(error: unknown, action: Pick<Action, 'errors' | 'fields'>, { action: name, requestId }: Open, log: Log): ApiFailure | GatewayFailure {
  const translated = translateError(error, action)
  if (translated instanceof ApiFailure || translated instanceof GatewayFailure)
    return translated
  log.error('a call of the API failed', { action: name, requestId, error: translated instanceof Error ? translated.stack ?? translated.message : String(translated) })
  return new GatewayFailure(500, 'InternalError', `The request processing has failed due to some unknown error: ${translated instanceof Error ? translated.message : String(translated)}`)
}

const briefCharsMax = 500

/** Parameters as the log shows them: long values by their beginnings. */
function briefly(parameters: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...parameters].slice(0, 50).map(([name, value]) => [name, value.length > briefCharsMax ? `${value.slice(0, briefCharsMax)}…` : value]))
}
