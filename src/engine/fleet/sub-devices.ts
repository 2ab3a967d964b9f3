import type { DeviceCertificate } from '../../shared/contract/device.ts'
import type { FleetSettings } from '../../shared/contract/fleet.ts'
import type { ThingModel } from '../../shared/thing-model/types.ts'
import type { FleetRow } from './fleet-rows.ts'
import type { FleetSubDevices } from './messages.ts'
import { fleetDeviceName, subDeviceName } from '../../shared/contract/fleet.ts'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'

export interface SubDevicesContext {
  /** Throws AppError product/not-found or model/invalid. */
  modelOf: (productKey: string) => ThingModel
  nodeTypeOf: (productKey: string) => 'device' | 'gateway' | 'sub-device'
  /** The certificates of devices of these names, made where they are missing. */
  ensureDevices: (productKey: string, names: string[]) => Promise<DeviceCertificate[]>
}

/** Longest device name (Alink 0.3). */
const deviceNameCharsMax = 32

/** What the gateways of a fleet bring with them, made where it is missing; null when they bring nothing. */
export async function bringSubDevices({ ensureDevices, modelOf }: SubDevicesContext, { prefix, settings: { count, conversation } }: Pick<FleetRow, 'prefix' | 'settings'>): Promise<FleetSubDevices | null> {
  const { subDevices } = conversation
  if (subDevices === null)
    return null
  const { productKey, perGateway, register } = subDevices
  const names = Array.from({ length: count * perGateway }, (_, index) => subDeviceName(fleetDeviceName(prefix, Math.floor(index / perGateway)), index % perGateway))
  const devices = await ensureDevices(productKey, names)
  return {
    model: modelOf(productKey),
    perGateway,
    devices: devices.map(({ deviceName, deviceSecret }) => ({ productKey, deviceName, deviceSecret: register ? '' : deviceSecret })),
  }
}

/** Throws AppError input/invalid when the devices of a product cannot bring these sub-devices, model/invalid or product/not-found. */
export function checkSubDevices({ modelOf, nodeTypeOf }: SubDevicesContext, productKey: string, prefix: string, { count, conversation: { subDevices } }: Pick<FleetSettings, 'count' | 'conversation'>): void {
  if (subDevices === null)
    return
  modelOf(subDevices.productKey)
  const nodeType = nodeTypeOf(productKey)
  if (nodeType !== 'gateway')
    throw new AppError('input/invalid', `Only gateways bring sub-devices, and product ${productKey} is of the node type ${nodeType}.`, { productKey, nodeType })
  const subNodeType = nodeTypeOf(subDevices.productKey)
  if (subNodeType !== 'sub-device')
    throw refusal('productKey', 'a product of sub-devices', `${subDevices.productKey}, which is of the node type ${subNodeType}`)
  const all = count * subDevices.perGateway
  if (all > limits.fleetDevicesMax)
    throw refusal('perGateway', `at most ${limits.fleetDevicesMax} sub-devices of all gateways together`, all)
  const longest = subDeviceName(fleetDeviceName(prefix, count - 1), subDevices.perGateway - 1)
  if (longest.length > deviceNameCharsMax)
    throw refusal('perGateway', `names of at most ${deviceNameCharsMax} characters`, longest)
}

function refusal(field: string, expected: string, got: string | number): AppError {
  return new AppError('input/invalid', `subDevices.${field}: expected ${expected}, got ${got}.`, { field, expected, got })
}
