import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'

export interface UserPlace {
  platform: NodeJS.Platform
  env: Record<string, string | undefined>
  home: string
}

/**
 * The workspace that is used when none is named: `thingbench/workspace` in the user's data folder, the same for the
 * desktop shell and the command line. Linux follows the XDG base directory rules (a relative XDG_DATA_HOME does not count).
 */
export function defaultWorkspaceDir(place: UserPlace = {
  platform: process.platform,
  env: process.env,
  home: homedir(),
}): string {
  return path.join(userDataDir(place), 'thingbench', 'workspace')
}

function userDataDir({ platform, env, home }: UserPlace): string {
  switch (platform) {
    case 'darwin':
      return path.join(home, 'Library', 'Application Support')
    case 'win32':
      return env.APPDATA || path.join(home, 'AppData', 'Roaming')
    default:
      return env.XDG_DATA_HOME && path.isAbsolute(env.XDG_DATA_HOME)
        ? env.XDG_DATA_HOME
        : path.join(home, '.local', 'share')
  }
}

/** Made when the sample has been added, so that a user who deleted it does not get it back at the next start. */
const sampleMark = 'sample.added'

/** Whether a start fills the workspace with the sample: when asked to, or for the user's own workspace while it is empty; once only. */
export function wantsSample(workspaceDir: string, { asked, own, empty }: { asked: boolean, own: boolean, empty: boolean }): boolean {
  return (asked || (own && empty)) && !existsSync(path.join(workspaceDir, sampleMark))
}

/** Remembers that the sample has been added. */
export async function markSampleAdded(workspaceDir: string): Promise<void> {
  await writeFile(path.join(workspaceDir, sampleMark), '')
}
