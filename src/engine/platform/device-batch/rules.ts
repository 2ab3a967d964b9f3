import type { BatchFault } from '../../../shared/contract/device-batch.ts'
import type { BatchEntryRow } from './rows.ts'
import { deviceNameSchema, nicknameSchema } from '../../../shared/contract/device.ts'

/**
 * What is wrong with each of the devices that are to be made together: the form of its name or nickname, or that the name
 * is there before it in the list, or that a device has it.
 */
export function checkEntries(devices: readonly { deviceName: string, nickname: string }[], isTaken: (deviceName: string) => boolean): BatchEntryRow[] {
  const seen = new Set<string>()
  return devices.map(({ deviceName, nickname }) => {
    const isRepeated = seen.has(deviceName)
    seen.add(deviceName)
    const fault: BatchFault | '' = !deviceNameSchema.safeParse(deviceName).success
      ? 'name'
      : isRepeated
        ? 'repeated'
        : isTaken(deviceName)
          ? 'taken'
          : nicknameSchema.safeParse(nickname).success ? '' : 'nickname'
    return { deviceName, nickname, fault }
  })
}

/** A fault in a sentence. */
export function describeFault(fault: BatchFault, { deviceName, nickname }: Pick<BatchEntryRow, 'deviceName' | 'nickname'>): string {
  switch (fault) {
    case 'name':
      return `A device name has 4 to 32 letters, digits, or - _ @ . :, and ${JSON.stringify(deviceName)} has not.`
    case 'repeated':
      return `The device name ${deviceName} is in the list more than once.`
    case 'taken':
      return `The product already has a device ${deviceName}.`
    case 'nickname':
      return `A nickname has 4 to 64 characters, a Chinese one counted twice, and ${JSON.stringify(nickname)} has not.`
  }
}
