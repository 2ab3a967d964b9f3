import { cpus } from 'node:os'
import process from 'node:process'

/** Shares are taken over at least this long: the system counts processor time in steps of 10 ms. */
const overMsMin = 900

/** Processor time of this process (all its threads) over the last second or since it was last asked, in percent of one core. */
export function createProcessLoad(): () => number {
  let at = performance.now()
  let before = process.cpuUsage()
  let percent = 0
  return () => {
    const now = performance.now()
    if (now - at >= overMsMin) {
      const { user, system } = process.cpuUsage(before)
      percent = Math.round((user + system) / 10 / (now - at))
      before = process.cpuUsage()
      at = now
    }
    return percent
  }
}

/** How busy all processors of the machine were between two looks, in percent of all; null where the system does not tell. */
export function createMachineLoad(): () => number | null {
  let before = machineTimes()
  return () => {
    const now = machineTimes()
    const totalMs = now.totalMs - before.totalMs
    const percent = totalMs > 0 ? Math.round(100 * (1 - (now.idleMs - before.idleMs) / totalMs)) : null
    before = now
    return percent
  }
}

function machineTimes(): { idleMs: number, totalMs: number } {
  let idleMs = 0
  let totalMs = 0
  for (const { times } of cpus()) {
    idleMs += times.idle
    totalMs += times.user + times.nice + times.sys + times.idle + times.irq
  }
  return { idleMs, totalMs }
}
