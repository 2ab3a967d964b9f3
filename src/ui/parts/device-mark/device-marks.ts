import type { DeviceState } from '../../../shared/contract/device.ts'
import type { MarkName } from '../../kit/mark-shapes.ts'

/** The mark of a device's state. */
export const deviceMarks: Record<DeviceState, MarkName> = { UNACTIVE: 'idle', ONLINE: 'online', OFFLINE: 'offline', DISABLE: 'disabled' }
