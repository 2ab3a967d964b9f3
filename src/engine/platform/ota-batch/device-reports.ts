import type { OtaUpdates } from '../ota/types.ts'
import type { Rollouts } from './rollouts.ts'
import type { TaskRow } from './types.ts'
import { isSame } from './rollouts.ts'

/** What messages of devices and their connections do to tasks. */
export interface DeviceReports extends Omit<OtaUpdates, 'blockOf'> {
  onOnline: (deviceId: number) => void
  /** A device has subscribed to something; it may hear now what it did not hear before. */
  onSubscribed: (deviceId: number) => void
}

/** Lets tasks follow what devices say. */
export function createDeviceReports(rollouts: Rollouts): DeviceReports {
  const { tasks, notices } = rollouts
  const taskOf = (deviceId: number, module: string): TaskRow | undefined => tasks.ofDevice(deviceId).findLast(one => isSame(one.module, module))
  return {
    // What it was told it is told again, what waits for it takes its turn (OTA-104, row 4).
    onOnline: (deviceId) => {
      notices.takeDeaf(deviceId)
      for (const task of tasks.ofDevice(deviceId)) {
        const { effect } = rollouts.apply(task, { kind: 'online' })
        if (effect === 'push' || task.state === 'QUEUED')
          rollouts.enqueue(task)
      }
    },
    onSubscribed: (deviceId) => {
      if (notices.takeDeaf(deviceId))
        tasks.ofDevice(deviceId).filter(task => task.retryAt === null).forEach(task => rollouts.enqueue(task))
    },
    onAsked: (device, module) => {
      const task = taskOf(device.deviceId, module)
      const batch = task && rollouts.get(task.batchId)
      const content = batch ? notices.contentOf(device, task, batch) : null
      if (!batch || content === null)
        return { content: null, note: () => {} }
      // Before its planned start and while its batch is paused, a device that was not told yet gets nothing.
      const isHeldBack = batch.state === 'PLANNED' || (batch.pausedAt !== null && task.state === 'QUEUED')
      const { effect, note } = rollouts.apply(task, { kind: 'asked', early: isHeldBack })
      return { content: effect === 'answer' ? content : null, note }
    },
    onProgress: ({ deviceId }, { module, step, desc }, at) => {
      const task = taskOf(deviceId, module)
      return task === undefined ? () => {} : rollouts.apply(task, { kind: 'progress', step, description: desc, at }, at).note
    },
    onVersion: ({ deviceId }, { module, version }, at) => {
      const notes = tasks.ofDevice(deviceId)
        .filter(one => isSame(one.module, module))
        .map(task => rollouts.apply(task, { kind: 'version', version, at }, at).note)
      return traceId => notes.forEach(note => note(traceId))
    },
  }
}
