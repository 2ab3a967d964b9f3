import { readdirSync, readFileSync } from 'node:fs'

/** What a process and all it has started use together. */
export interface TreeUse {
  processes: number
  /** Memory in RAM (RSS), bytes; pages that several of them share count once for each. */
  memoryBytes: number
  /** Processor time since their start, seconds. */
  cpuSec: number
}

/** Linux counts processor time in ticks of 10 ms. */
const ticksPerSec = 100

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      return readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
    }
    catch {
      // A thread that has just ended.
      return []
    }
  })
}

/** Process ids of `pid` and everything below it. */
export function treeOf(pid: number): number[] {
  return [
    pid,
    ...childrenOf(pid).flatMap(treeOf),
  ]
}

/** Adds up what a tree of processes uses; reads /proc, so it is for Linux. */
export function measureTree(pid: number): TreeUse {
  const pids = treeOf(pid)
  let memoryBytes = 0
  let cpuSec = 0
  for (const each of pids) {
    const status = readFileSync(`/proc/${each}/status`, 'utf8')
    memoryBytes += Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
    // The name in brackets may hold spaces; what follows it is fields 3 and on, of which 14 and 15 are the times.
    const fields = readFileSync(`/proc/${each}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')
    cpuSec += (Number(fields[11]) + Number(fields[12])) / ticksPerSec
  }
  return { processes: pids.length, memoryBytes, cpuSec }
}
