import path from 'node:path'
import { defaultWorkspaceDir } from '../host/workspace-folder.ts'
import { anyText, optional } from './option.ts'

/** Which workspace a command works on. */
export const workspaceOption = optional(anyText, {
  about: 'The workspace folder; without it, the one in your data folder.',
  placeholder: 'DIR',
})

/** The absolute path of the workspace that was named, or the user's own. */
export function resolveWorkspace(named: string | undefined): string {
  return named === undefined
    ? defaultWorkspaceDir()
    : path.resolve(named)
}
