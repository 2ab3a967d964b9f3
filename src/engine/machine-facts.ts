import type { MachineFacts } from './preflight/types.ts'
import { readdirSync } from 'node:fs'
import { readFile, statfs } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { readOpenFilesMax } from './fleet/open-files-limit.ts'

/** Ports that systems hand out unless they are told otherwise (RFC 6335 for macOS and Windows, the kernel's own for Linux). */
const usualPorts = { linux: [32_768, 60_999], macos: [49_152, 65_535], windows: [49_152, 65_535] } as const
const usualBacklog = { linux: 4_096, macos: 128, windows: null } as const

/** Reads the limits of this machine; `kept` is what the workspace keeps of messages. Never rejects: what cannot be read is null, or as it usually is. */
export async function readMachineFacts(kept: Pick<MachineFacts, 'keptBytes' | 'keptBytesMax' | 'keepDays' | 'speed'> & { workspaceDir: string }): Promise<MachineFacts> {
  const { workspaceDir, ...rest } = kept
  const platform = process.platform === 'darwin' ? 'macos' : process.platform === 'win32' ? 'windows' : 'linux'
  const [portFirst = usualPorts[platform][0], portLast = usualPorts[platform][1]] = platform === 'linux' ? await readNumbers('/proc/sys/net/ipv4/ip_local_port_range') : []
  const [backlogMax = usualBacklog[platform]] = platform === 'linux' ? await readNumbers('/proc/sys/net/core/somaxconn') : []
  const disk = await statfs(workspaceDir).catch(() => null)
  return {
    platform,
    cores: availableParallelism(),
    ...engineFiles(),
    portFirst,
    portLast,
    backlogMax,
    memoryFreeBytes: process.availableMemory(),
    diskFreeBytes: disk === null ? null : disk.bavail * disk.bsize,
    ...rest,
  }
}

let filesMax: number | null | undefined

/** How many files and sockets this process may have open, and has. The limit does not change while it runs, and asking takes long when many are open. */
export function engineFiles(): Pick<MachineFacts, 'openFilesMax' | 'openFiles'> {
  if (filesMax === undefined)
    filesMax = readOpenFilesMax()
  return { openFilesMax: filesMax, openFiles: filesMax === null ? null : countOpenFiles() }
}

/** Linux and macOS show them as a folder. */
function countOpenFiles(): number | null {
  try {
    return readdirSync('/dev/fd').length
  }
  catch {
    return null
  }
}

async function readNumbers(path: string): Promise<number[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.trim().split(/\s+/).filter(part => part !== '').map(Number).filter(Number.isFinite)
}
