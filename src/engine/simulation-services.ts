import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { PolicyContent, SeatTaker } from '../shared/contract/device-simulation.ts'
import type { Behaviour } from '../shared/contract/fleet.ts'
import type { JsonObject } from '../shared/json.ts'
import type { Log } from '../shared/log.ts'
import type { CompiledModel } from '../shared/thing-model/compile.ts'
import type { Property } from '../shared/thing-model/types.ts'
import type { Broker, BrokerClient, OfflineReason } from './broker/types.ts'
import type { Fleets } from './fleet/fleets.ts'
import type { DeviceRegistry } from './platform/device/registry.ts'
import type { ProductRegistry } from './platform/product/registry.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import type { Occupant, SimulationContext } from './simulation/types.ts'
import type { BoundStatement, Store } from './store/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { Buffer } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { parseTopic } from '../shared/alink/topic.ts'
import { AppError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { compileBehaviours } from './fleet/behaviour/behaviour-plan.ts'
import { checkBehaviours } from './fleet/behaviour/check-behaviours.ts'
import { createRandom } from './fleet/behaviour/random-streams.ts'
import { loopbackOf } from './fleet/broker-address.ts'
import { readCommand } from './fleet/conversation/command.ts'
import { compileOutput } from './fleet/conversation/draw-output.ts'
import { replyTo } from './fleet/conversation/replies.ts'
import { SingleLinks } from './fleet/single-link.ts'
import { seatOf, simulatorOf } from './simulated-by.ts'
import { simulationMethodHandlers, simulationStreamHandlers } from './simulation/methods.ts'
import { Seats } from './simulation/seats.ts'

type Name<Table> = Extract<keyof Table, `deviceSimulation.${string}`>

export interface SimulationServicesContext {
  clock: Clock
  log: Log
  store: Store
  version: string
  products: Pick<ProductRegistry, 'get' | 'lookup'>
  devices: DeviceRegistry
  fleets: Pick<Fleets, 'plays' | 'left'>
  trace: Pick<TraceKeeper, 'record'>
  settings: SettingsStore
  /** Undefined while nothing listens for devices. */
  broker: () => Pick<Broker, 'address' | 'clientOf'> | undefined
  methods: () => EngineApi['methods']
}

/** Devices that the console simulates, and who has the seat of a simulated device. */
export interface SimulationServices {
  methods: Pick<EngineApi['methods'], Name<EngineApi['methods']>>
  streams: Pick<EngineApi['streams'], Name<EngineApi['streams']>>
  onOnline: (client: BrokerClient) => void
  onOffline: (client: BrokerClient, reason: OfflineReason) => void
  /** Connects what ran when the workspace was last closed. */
  resume: () => void
  /** Lets go of a deleted device; returns what the store has to write. */
  forget: (deviceId: number) => BoundStatement[]
  close: () => Promise<void>
}

/** Opens the simulated devices that the workspace holds. */
export async function openSimulationServices({ clock, log, store, version, products, devices, fleets, trace, settings, broker, methods }: SimulationServicesContext): Promise<SimulationServices> {
  const links = new SingleLinks({ clock, version })
  const modelOf = (productKey: string): CompiledModel | null => products.lookup(productKey)?.compiled ?? null
  const clientOf = (deviceId: number): BrokerClient | undefined => broker()?.clientOf(deviceId)
  let isClosed = false
  const returning = new Set<{ cancel: () => void }>()
  const context: SimulationContext = {
    clock,
    log,
    store,
    modelOf,
    applyLimits: () => settings.get('limits.applyCloud'),
    replyText: (command, code, data) => replyTo(command, code, data as JsonObject).payload as string,
    readCommand: (topicText, payload) => readCommand(parseTopic(topicText), topicText, payload),
    connect: ({ deviceId, productKey, deviceName }, seat, events) => {
      const address = broker()?.address
      const deviceSecret = devices.byId(deviceId)?.deviceSecret ?? ''
      return address === undefined ? undefined : links.connect({ host: loopbackOf(address.host), port: address.port, tls: null }, { productKey, deviceName, deviceSecret }, { seat }, events)
    },
    deviceOf: (deviceId) => {
      const device = devices.byId(deviceId)
      return device?.deletedAt === null ? device : undefined
    },
    requireDevice: (productKey, deviceName) => {
      products.get(productKey)
      return devices.get(productKey, deviceName)
    },
    occupantOf: (deviceId) => {
      const client = clientOf(deviceId)
      return client === undefined || seatOf(client) !== undefined ? null : describe(client)
    },
    isRaw: productKey => products.lookup(productKey)?.dataFormat === 'raw',
    toRaw: async (productKey, json) => {
      const call = { signal: new AbortController().signal }
      const { submitted } = await methods()['script.get']({ productKey }, call)
      if (submitted === null)
        throw new AppError('script/failed', `The product ${productKey} has no parsing script that could write the bytes; give them by hand.`, { platformCode: 6200 })
      const { hex, problem } = await methods()['script.test']({ productKey, text: submitted.text, input: { json } }, call)
      if (hex === null)
        throw new AppError('script/failed', `The parsing script made no bytes of it: ${problem?.message ?? 'it gave nothing'} Give the bytes by hand instead.`, { platformCode: problem?.code ?? 6200 })
      return Buffer.from(hex, 'hex')
    },
    drawOutput: (productKey, service, given) => {
      const output = modelOf(productKey)?.services.get(service)?.output
      return output ? compileOutput(output.parameters)(createRandom(Math.floor(clock.now()) >>> 0, service), clock.now(), given) : {}
    },
    checkContent: (productKey, { behaviours }) => {
      const { properties } = modelOf(productKey) ?? { properties: new Map<string, unknown>() }
      checkBehaviours(behaviours, new Set([...properties.keys(), ...Object.keys(behaviours)]), 'deviceSimulation.setPolicy')
      const script = Object.keys(behaviours).find(name => behaviours[name]!.kind === 'script')
      if (script !== undefined)
        throw new AppError('input/invalid', `deviceSimulation.setPolicy: behaviours.${script}.kind: expected any but script, because scripts move devices of fleets only.`, { field: `behaviours.${script}.kind` })
    },
    generator: (productKey, content, seed) => {
      const { behaviours } = content
      const fixed = constantsOf(behaviours)
      const model = modelOf(productKey)
      // Behaviours move properties, so parameters of an event are treated as some. What is fixed is sent as it stands, fitting or not.
      const properties = model ? seenBy(model, content) : []
      const still = Object.fromEntries(properties.map(({ identifier }): [string, Behaviour] => [identifier, { kind: 'off' }]))
      const plan = compileBehaviours({ profile: {}, events: [], services: [], properties }, { ...still, ...behaviours })
      const state = plan.slots.map(() => Number.NaN)
      const random = createRandom(0, seed)
      return (elapsedMs, values) => {
        // What the policy does not send itself is what the device believes it to be.
        const held = new Map(Object.entries(values).filter(([name]) => behaviours[name] === undefined))
        return { ...plan.report(state, 0, random, elapsedMs, { seed: 0, deviceName: seed, startedAt: clock.now() - elapsedMs, held }), ...fixed }
      }
    },
    record: (deviceId, operation, message) => trace.record({ at: clock.now(), deviceId, operation, content: message, code: 200, detail: null }),
    makeId: randomUUID,
  }
  const seats = await Seats.open(context)

  return {
    methods: simulationMethodHandlers(seats, context),
    streams: simulationStreamHandlers(seats, context),
    onOnline: client => seats.onOnline(client.device.deviceId, seatOf(client), describe(client)),
    onOffline: (client, reason) => {
      const { deviceId, productKey, deviceName } = client.device
      seats.onOffline(deviceId, seatOf(client), reason)
      if (isClosed || reason.code === 427 || simulatorOf(client) === 'fleet' || !fleets.plays(productKey, deviceName))
        return
      // Whoever restarts is back within moments, and must not be thrown out by the fleet's device.
      const alarm = clock.setAlarm(limits.fleetReturnMs, () => {
        returning.delete(alarm)
        if (clientOf(deviceId) === undefined)
          fleets.left(productKey, deviceName)
      })
      returning.add(alarm)
    },
    resume: () => seats.resume(),
    forget: deviceId => seats.forget(deviceId),
    close: async () => {
      isClosed = true
      for (const alarm of returning)
        alarm.cancel()
      await seats.close()
      await links.close()
    },
  }
}

function describe(client: BrokerClient): Occupant {
  const simulated = simulatorOf(client)
  const by: SeatTaker = client.gateway ? 'gateway' : simulated === 'fleet' || simulated === 'replay' ? simulated : 'real'
  return { by, remoteAddress: client.remoteAddress, connectedAt: client.connectedAt }
}

function constantsOf(behaviours: Record<string, Behaviour>): JsonObject {
  return Object.fromEntries(Object.entries(behaviours).flatMap(([name, behaviour]) => behaviour.kind === 'constant' ? [[name, behaviour.value as JsonObject]] : []))
}

/** What the behaviours of a content move and may look at: properties, or the parameters of an event before them. */
function seenBy(model: CompiledModel, content: Exclude<PolicyContent, { kind: 'publish' }>): Property[] {
  const properties = [...model.properties].map(([key, { property }]) => ({ ...property, identifier: key }))
  if (content.kind === 'properties')
    return properties
  const parameters = (model.events.get(content.event)?.output.parameters ?? []).map(parameter => ({ ...parameter, accessMode: 'r' as const, required: false }))
  return [...parameters, ...properties.filter(({ identifier }) => !parameters.some(parameter => parameter.identifier === identifier))]
}
