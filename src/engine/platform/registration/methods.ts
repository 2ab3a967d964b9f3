import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { DeviceTokens } from './device-tokens.ts'

export interface RegistrationMethodContext {
  tokens: DeviceTokens
  /** Throws AppError device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => { deviceId: number }
}

/** What the console can ask about devices that registered themselves. */
export function registrationMethodHandlers({ tokens, requireDevice }: RegistrationMethodContext): Pick<EngineApi['methods'], 'device.clientIds' | 'device.deleteClientIds'> {
  return {
    'device.clientIds': ({ productKey, deviceName }) => ({
      clientIds: tokens.of(requireDevice(productKey, deviceName).deviceId).map(({ clientId, createdAt }) => ({ clientId, createdAt })),
    }),
    'device.deleteClientIds': async ({ productKey, deviceName, clientIds }) => ({
      deleted: await tokens.delete(requireDevice(productKey, deviceName).deviceId, clientIds),
    }),
  }
}
