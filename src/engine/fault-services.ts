import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { TraceStep } from '../shared/contract/trace.ts'
import type { BrokerHooks, OfflineReason } from './broker/types.ts'
import type { Downlink } from './downlink.ts'
import type { FaultyBlocks, FilePart } from './faulty-downloads.ts'
import type { DeviceRecord, DeviceRegistry } from './platform/device/registry.ts'
import type { FaultMethod, FaultStream } from './platform/fault/methods.ts'
import type { FeatureDevice, Outcome, UpMessage } from './platform/feature.ts'
import type { FileFlow } from './platform/file-flow.ts'
import type { BoardExercises } from './platform/ota-gym/exercises.ts'
import type { NoticeFault } from './platform/ota-gym/types.ts'
import type { BoundStatement, Store } from './store/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import type { UplinkFaults } from './uplink.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { messageKindOf } from '../shared/faults/message-kind.ts'
import { tellInjected } from '../shared/faults/tell-injected.ts'
import { createFaultyDownlink } from './faulty-downlink.ts'
import { createFaultyBlocks, flowOf } from './faulty-downloads.ts'
import { createRandom } from './fleet/behaviour/random-streams.ts'
import { makeFileId } from './identity.ts'
import { answerRequest } from './platform/answer-request.ts'
import { PlatformFaults } from './platform/fault/faults.ts'
import { faultMethodHandlers, faultStreamHandlers } from './platform/fault/methods.ts'

export interface FaultServicesContext {
  clock: Clock
  store: Pick<Store, 'read' | 'write' | 'upsert'>
  devices: DeviceRegistry
  trace: Pick<TraceKeeper, 'record'>
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => void
  broker: () => { disconnect: (deviceId: number, reason: OfflineReason) => void, breakOff: (deviceId: number, reason: OfflineReason) => void } | undefined
  makeSeed: () => number
  /** Exercises of boards, once they are open. */
  exercises: () => BoardExercises
}

/** What devices download, and what is wrong with it. */
export interface DownloadFaults {
  /** What has to be wrong with a notice of a file for a device. */
  noticeFault: (device: FeatureDevice) => NoticeFault
  /** How a device gets a part of a file; undefined: as fast as it takes it. */
  flowOf: (deviceId: number, part: FilePart) => FileFlow | undefined
  /** Waits until a block of a file may go to a device over MQTT; what the trace says of it then, or null when it was asked for again meanwhile. */
  holdBlock: FaultyBlocks['hold']
}

/** The faults that the platform commits on purpose, and where each of them strikes. */
export interface FaultServices {
  methods: Pick<EngineApi['methods'], FaultMethod>
  streams: Pick<EngineApi['streams'], FaultStream>
  /** Faults that are on, without the exercises of boards. */
  count: () => number
  uplink: UplinkFaults
  /** The way to devices with what goes wrong on it. */
  faultyDownlink: (downlink: Downlink) => Downlink
  /** Why too many messages go to a device. */
  whyThrottled: (deviceId: number) => OfflineReason | null
  hooks: Pick<BrokerHooks, 'refuseLogin' | 'ratesOf' | 'accountRates' | 'onQuota'>
  downloads: DownloadFaults
  forgetDevice: (device: DeviceRecord | undefined) => BoundStatement[]
  forgetProduct: (productKey: string) => BoundStatement[]
  close: () => void
}

/** Addresses of files that have expired were valid until so long ago, milliseconds. */
const expiredMs = -60_000
/** Codes of the log for logins that are refused on purpose, by their CONNACK return code. */
const codeOfReturnCode: Readonly<Record<number, number>> = { 1: 460, 2: 460, 3: 429, 4: 6287, 5: 522 }

/** Opens the faults with what the workspace holds of them. */
export async function openFaultServices(context: FaultServicesContext): Promise<FaultServices> {
  const { clock, store, devices, trace, broker } = context
  const faults = await PlatformFaults.open({
    clock,
    store,
    makeDraw: createRandom,
    online: () => onlineDevices(devices),
    end: (deviceId, how, message) => how === 'kick'
      ? broker()?.disconnect(deviceId, { code: 427, message })
      : broker()?.breakOff(deviceId, { code: 1911, message }),
  })
  const blocks = createFaultyBlocks({ clock, trace, faults })
  let closeDownlink = (): void => {}
  const parts = {
    clock,
    faults,
    makeId: makeFileId,
    makeSeed: context.makeSeed,
    requireProduct: context.requireProduct,
    requireDevice: (productKey: string, deviceName: string) => { devices.get(productKey, deviceName) },
    exercises: {
      running: () => context.exercises().list().filter(({ state }) => state === 'running'),
      get changed() {
        return context.exercises().changed
      },
      end: (exerciseId: string) => context.exercises().end(exerciseId),
    },
  }
  return {
    methods: faultMethodHandlers(parts),
    streams: faultStreamHandlers(parts),
    count: () => faults.count,
    uplink: {
      get isOn() {
        return faults.isOn
      },
      refuse: message => refuse(faults, message),
      withholdPuback: (device) => {
        const strike = faults.of(device)?.withheldPuback() ?? null
        return strike && { bizCode: 'FaultInjection', operation: strike.kind, code: 200, message: faults.struck(strike) }
      },
    },
    faultyDownlink: (downlink) => {
      const faulty = createFaultyDownlink({ clock, downlink, faults, deviceOf: deviceId => devices.byId(deviceId) })
      closeDownlink = faulty.close
      return faulty
    },
    whyThrottled: (deviceId) => {
      const device = devices.byId(deviceId)
      const set = device && faults.of(device)?.settings('throttle')
      return set ? { code: 9324, message: `[injected] More than ${set.fault.downPerSec} messages went to the device within one second, so the message was dropped.` } : null
    },
    hooks: brokerFaults(faults, { clock, trace }),
    downloads: {
      noticeFault: (device) => {
        const plan = faults.of(device)
        return { ...plan?.settings('wrongDigest') && { hasWrongDigest: true }, ...plan?.settings('expiredUrl') && { validMs: expiredMs } }
      },
      flowOf: (deviceId, part) => {
        const device = faults.isOn ? devices.byId(deviceId) : undefined
        return device && flowOf({ clock, trace, faults }, device, part)
      },
      holdBlock: blocks.hold,
    },
    forgetDevice: device => device === undefined ? [] : faults.forgetDevice(device),
    forgetProduct: productKey => faults.forgetProduct(productKey),
    close: () => {
      closeDownlink()
      blocks.close()
      faults.close()
    },
  }
}

function* onlineDevices(devices: DeviceRegistry): Generator<FeatureDevice & { connectedAt: number }> {
  for (const device of devices.all()) {
    if (device.online)
      yield { deviceId: device.deviceId, productKey: device.productKey, deviceName: device.deviceName, connectedAt: device.lastOnlineAt ?? 0 }
  }
}

/** What becomes of a message that is refused on purpose: the code in the log, and in the reply where the message asks for one. */
function refuse(faults: PlatformFaults, message: UpMessage): Outcome | null {
  const { topic, topicText, device } = message
  // Bytes are refused as what they mean, and answers to the platform are not asked for.
  if (topic.kind === 'raw.up' || ('reply' in topic && topic.reply))
    return null
  const strike = faults.of(device)?.refusal(messageKindOf(topic.kind))
  if (!strike)
    return null
  const { code, kind } = strike
  const said = faults.struck(strike)
  if (!('reply' in topic))
    return { code, detail: packDetail({ issues: [], steps: [{ bizCode: 'uplink', operation: topicText, code: 200 }, { bizCode: 'FaultInjection', operation: kind, code, message: said }] }) }
  const members = topic.kind.startsWith('session.') || topic.kind.startsWith('file.') ? 'message' : topic.kind.startsWith('job.') ? 'none' : 'all'
  return answerRequest(message, () => ({ refusal: { code, message: said } }), { bizCode: 'FaultInjection', operation: () => kind, members })
}

/** What the broker asks about faults, and tells of quotas. */
function brokerFaults(faults: PlatformFaults, { clock, trace }: Pick<FaultServicesContext, 'clock' | 'trace'>): FaultServices['hooks'] {
  return {
    refuseLogin: (device) => {
      const strike = faults.of(device)?.refusedConnect()
      return strike ? { code: codeOfReturnCode[strike.returnCode] ?? 460, message: faults.struck(strike), returnCode: strike.returnCode } : null
    },
    ratesOf: (device) => {
      const set = faults.of(device)?.settings('throttle')
      return set && { ...set.fault, onExcess: message => faults.struck({ on: set.on, message }) }
    },
    accountRates: () => {
      const on = faults.isOn ? faults.ofEverything('throttle') : undefined
      if (on?.fault.kind !== 'throttle')
        return undefined
      const { accountUpPerSec: upPerSec, accountDownPerSec: downPerSec, accountConnectsPerSec: connectsPerSec } = on.fault
      return { upPerSec, downPerSec, connectsPerSec, onExcess: message => faults.struck({ on, message }) }
    },
    onQuota: ({ name, device, code, message }) => {
      const bizCode = name.includes('Connect') ? 'device' : name.includes('Uplink') ? 'uplink' : 'downlink'
      const step: TraceStep = { bizCode, operation: name, code, message }
      trace.record({ at: clock.now(), deviceId: device?.deviceId ?? 0, operation: name, content: { event: name, message }, code, detail: packDetail({ issues: [], steps: tellInjected([step], 'throttle') }) })
    },
  }
}
