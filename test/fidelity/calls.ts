import type { Topic } from '../../src/shared/alink/topic.ts'
import type { Call, Rule } from './fidelity.ts'
import { connecting, registration, sessions } from './connecting.ts'
import { deviceSimulation, faultsOnPurpose, onlineDebugging } from './console.ts'
import { serviceCalls, updateCalls } from './device-services.ts'
import { gatewayCalls, subDevices } from './gateways.ts'
import { apiChapters } from './openapi.ts'
import { otaPackageRules } from './ota-packages.ts'
import { rareCalls, topicCalls } from './other-calls.ts'
import { platformLog } from './platform-log.ts'
import { simulatedDevices } from './simulated-devices.ts'
import { checking, thingCalls } from './thing-model.ts'

export type TopicKind = Topic['kind']

/** A part of the sheet: rules that have no topic, or calls by the kind of their topic. */
export interface Chapter { title: string, rules?: readonly Rule[], calls?: Partial<Record<TopicKind, Call>> }

/** Every kind of topic there is. A kind that is missing here does not compile. */
export const callOfTopic: Readonly<Record<TopicKind, Call>> = { ...thingCalls, ...serviceCalls, ...updateCalls, ...gatewayCalls, ...topicCalls, ...rareCalls }

export const chapters: readonly Chapter[] = [
  { title: 'Connecting', rules: connecting },
  { title: 'Sessions and subscriptions', rules: sessions },
  { title: 'Registration', rules: registration },
  { title: 'Thing model', calls: thingCalls },
  { title: 'How values are checked', rules: checking },
  { title: 'Shadow, tags, time, log, network', calls: serviceCalls },
  { title: 'Gateways and sub-devices', calls: gatewayCalls },
  { title: 'How sub-devices speak', rules: subDevices },
  { title: 'Custom topics and others', calls: topicCalls },
  { title: 'Updates, configuration, files, jobs', calls: updateCalls },
  { title: 'Update packages', rules: otaPackageRules },
  { title: 'Consumer products and old SDKs', calls: rareCalls },
  { title: 'The platform\'s log', rules: platformLog },
  ...apiChapters,
  { title: 'Device simulation', rules: deviceSimulation },
  { title: 'Online debugging', rules: onlineDebugging },
  { title: 'Faults on purpose', rules: faultsOnPurpose },
  { title: 'Simulated devices', rules: simulatedDevices },
]
