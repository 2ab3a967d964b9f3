import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** When a process started, in the system's own words; `gone` when it has ended, null when the system does not say. */
export async function readProcessStart(pid: number): Promise<string | null> {
  if (process.platform === 'linux')
    return await readLinuxStart(pid)
  if (process.platform === 'win32')
    return null
  try {
    const { stdout } = await promisify(execFile)('ps', [
      '-o',
      'stat=,lstart=',
      '-p',
      String(pid),
    ], {
      env: { LC_ALL: 'C' },
    })
    const [state = 'Z', ...start] = stdout.trim().split(/\s+/)
    return state.startsWith('Z')
      ? 'gone'
      : start.join(' ')
  }
  catch {
    return null
  }
}

async function readLinuxStart(pid: number): Promise<string | null> {
  try {
    const [line, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ])
    // The second field, the program's name in brackets, may hold spaces; the state is the third, the start in ticks since boot the 22nd.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X'
      ? 'gone'
      : `${boot.trim()}/${fields[19]}`
  }
  catch (error) {
    const code = error instanceof Error && 'code' in error
      ? error.code
      : undefined
    return code === 'ENOENT' || code === 'ESRCH'
      ? 'gone'
      : null
  }
}
