import type { z } from 'zod'
import type { MethodDefinition, StreamDefinition, TypeOf } from './define.ts'
import { appMethods, appStreams } from './app.ts'
import { attemptMethods } from './attempts.ts'
import { batchNameMethods } from './batch-names.ts'
import { batchMethods, batchStreams } from './batch.ts'
import { certificateMethods } from './certificate.ts'
import { cloneMethods } from './clone.ts'
import { connectionMethods } from './connection.ts'
import { debugActionMethods } from './debug-action.ts'
import { desiredMethods } from './desired.ts'
import { deviceBatchMethods } from './device-batch.ts'
import { deviceCallMethods } from './device-call.ts'
import { deviceCommandMethods, deviceCommandStreams } from './device-command.ts'
import { deviceLogMethods } from './device-log.ts'
import { deviceSimulationMethods, deviceSimulationStreams } from './device-simulation.ts'
import { deviceMethods, deviceStreams } from './device.ts'
import { downloadMethods } from './download.ts'
import { eventMethods } from './event.ts'
import { fileMethods } from './file.ts'
import { firmwareCheckMethods, firmwareCheckStreams } from './firmware-check.ts'
import { fleetMethods, fleetStreams } from './fleet.ts'
import { groupMethods } from './group.ts'
import { logMethods } from './log.ts'
import { messageMethods } from './message.ts'
import { modelMethods } from './model.ts'
import { networkStatusMethods } from './network-status.ts'
import { openApiMethods, openApiStreams } from './openapi.ts'
import { otaGymMethods, otaGymStreams } from './ota-gym.ts'
import { otaPackageMethods } from './ota-package.ts'
import { otaStatisticsMethods } from './ota-statistics.ts'
import { platformFaultMethods, platformFaultStreams } from './platform-fault.ts'
import { productTagMethods } from './product-tag.ts'
import { productMethods } from './product.ts'
import { propertyMethods } from './property.ts'
import { registrationMethods } from './registration.ts'
import { remoteConfigMethods, remoteConfigStreams } from './remote-config.ts'
import { replayMethods, replayStreams } from './replay.ts'
import { runMethods } from './run.ts'
import { savedViewMethods } from './saved-view.ts'
import { scenarioMethods, scenarioStreams } from './scenario.ts'
import { scriptMethods } from './script.ts'
import { settingMethods } from './settings.ts'
import { shadowMethods } from './shadow.ts'
import { subscriptionMethods } from './subscription.ts'
import { tagMethods } from './tag.ts'
import { topicMethods } from './topic.ts'
import { topologyMethods } from './topology.ts'
import { traceMethods, traceStreams } from './trace.ts'
import '../abort-signal.ts'

/** Every call the console may make, by name. Private to this version: page and engine are always shipped together. */
export const methods = {
  ...appMethods,
  ...productMethods,
  ...productTagMethods,
  ...modelMethods,
  ...scriptMethods,
  ...deviceMethods,
  ...deviceBatchMethods,
  ...deviceCallMethods,
  ...deviceCommandMethods,
  ...debugActionMethods,
  ...desiredMethods,
  ...propertyMethods,
  ...registrationMethods,
  ...certificateMethods,
  ...downloadMethods,
  ...attemptMethods,
  ...connectionMethods,
  ...firmwareCheckMethods,
  ...eventMethods,
  ...shadowMethods,
  ...tagMethods,
  ...deviceLogMethods,
  ...networkStatusMethods,
  ...topologyMethods,
  ...groupMethods,
  ...topicMethods,
  ...messageMethods,
  ...subscriptionMethods,
  ...fileMethods,
  ...batchMethods,
  ...batchNameMethods,
  ...otaPackageMethods,
  ...otaStatisticsMethods,
  ...otaGymMethods,
  ...platformFaultMethods,
  ...remoteConfigMethods,
  ...traceMethods,
  ...logMethods,
  ...savedViewMethods,
  ...fleetMethods,
  ...cloneMethods,
  ...runMethods,
  ...scenarioMethods,
  ...deviceSimulationMethods,
  ...replayMethods,
  ...settingMethods,
  ...openApiMethods,
}
/** Everything the console may subscribe to, by name. */
export const streams = {
  ...appStreams,
  ...deviceStreams,
  ...deviceCommandStreams,
  ...traceStreams,
  ...fleetStreams,
  ...scenarioStreams,
  ...deviceSimulationStreams,
  ...replayStreams,
  ...remoteConfigStreams,
  ...openApiStreams,
  ...batchStreams,
  ...otaGymStreams,
  ...platformFaultStreams,
  ...firmwareCheckStreams,
}

export type Methods = typeof methods
export type Streams = typeof streams
export type MethodName = keyof Methods
export type StreamName = keyof Streams

type Promised<T> = T extends TypeOf<infer V> ? V : never
/** What the caller passes: defaults may be left out. */
export type MethodInput<M extends MethodName> = z.input<Methods[M]['input']>
/** What the handler sees: checked, defaults filled in. */
export type MethodParams<M extends MethodName> = z.output<Methods[M]['input']>
export type MethodOutput<M extends MethodName> = Promised<Methods[M]['output']>
export type StreamInput<S extends StreamName> = z.input<Streams[S]['input']>
export type StreamParams<S extends StreamName> = z.output<Streams[S]['input']>
export type StreamItem<S extends StreamName> = Promised<Streams[S]['item']>

/** What the engine gives a host: one function a method. Throws AppError. */
export type MethodHandlers = {
  [M in MethodName]: (params: MethodParams<M>, context: { signal: AbortSignal }) => Promise<MethodOutput<M>> | MethodOutput<M>
}

/**
 * What the engine gives a host for each subscription: it pushes items with `send` until `signal` aborts. `send` resolves
 * when the subscriber has room for the next item, so that a slow page slows its own stream and nobody else's.
 * The returned promise settles when the stream is over (an endless stream: when it is aborted).
 */
export type StreamHandlers = {
  [S in StreamName]: (params: StreamParams<S>, subscriber: { send: (item: StreamItem<S>) => Promise<void>, signal: AbortSignal }) => Promise<void>
}

export interface EngineApi { methods: MethodHandlers, streams: StreamHandlers }

export const methodTable: Record<string, MethodDefinition> = methods
export const streamTable: Record<string, StreamDefinition> = streams

/** The caller's side, whatever the wire. */
export interface ApiClient {
  /** Calls a method; rejects with AppError. Aborting the signal withdraws the call. */
  call: <M extends MethodName>(name: M, input: MethodInput<M>, options?: { signal?: AbortSignal }) => Promise<MethodOutput<M>>
  /**
   * Subscribes; `onItem` is called for each item and, when it returns a promise, the next one is only asked for when that
   * settles. The promise resolves when the stream ends by itself or is aborted, and rejects with AppError when it fails.
   */
  subscribe: <S extends StreamName>(name: S, input: StreamInput<S>, onItem: (item: StreamItem<S>) => void | Promise<void>, options?: { signal?: AbortSignal }) => Promise<void>
  close: () => void
}
