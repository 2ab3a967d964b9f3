import type { CopyForms } from '../../src/ui/parts/copy-as/copy-forms.ts'
import { expect } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { parseArguments } from '../../src/cli/parse-arguments.ts'
import { actions } from '../../src/engine/openapi/actions.ts'
import { readParameters, unknownNames } from '../../src/engine/openapi/parameter.ts'
import { cliWords } from '../../src/ui/parts/copy-as/copy-forms.ts'

/** What the forms of an action mean to the programs that get them. */
interface ReadForms {
  /** The command, its arguments, and its options without those that were not given. */
  cli: { path: string, positionals: string[], values: Record<string, unknown> } | null
  /** The action and the values of its parameters, likewise. */
  api: { action: string, values: Record<string, unknown> } | null
}

function given(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== false))
}

/** Reads forms by the command line's own tables and those of the cloud's API; a name that these do not know fails the test. */
export function readForms(forms: CopyForms): ReadForms {
  const words = cliWords(forms)
  const request = words === undefined ? null : parseArguments(words, commands)
  expect(request?.kind ?? 'run').toBe('run')
  const { api } = forms
  const action = api === undefined ? null : actions.find(({ name }) => name === api.action)
  expect(action, `the action ${api?.action}`).toBeDefined()
  const sent = new Map(Object.entries(api?.parameters ?? {}))
  if (action)
    expect(unknownNames(action.parameters, sent), 'unknown parameters').toEqual([])
  return {
    cli: request?.kind === 'run' ? { path: request.command.path.join(' '), positionals: request.positionals, values: given(request.values) } : null,
    api: action ? { action: action.name, values: given(readParameters(action.parameters, sent)) } : null,
  }
}
