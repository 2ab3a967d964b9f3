import type { DeviceMessage } from './publish-snippets.ts'

/** What an action of the page is in other tools, as far as it can be done there. */
export interface CopyForms {
  /** The words after `thingbench`; without them, an action of the cloud's API is called from the command line. */
  cli?: readonly string[]
  /** What the command reads from its standard input, to the byte. */
  input?: string
  /** An action of the cloud's API. */
  api?: { action: string, parameters: Readonly<Record<string, string>> }
  /** A message that the device sends. */
  publish?: DeviceMessage & { productKey: string, deviceName: string }
}

/** One of several actions of a page, with its name there. */
export interface NamedForms { title: string, forms: CopyForms }

/**
 * The words of the command line for an action; undefined where it has none. A value that begins with `@` would be taken for
 * the name of a file by `api call`, so that such a call has none.
 */
export function cliWords({ cli, api }: CopyForms): readonly string[] | undefined {
  if (cli !== undefined || api === undefined || Object.values(api.parameters).some(value => value.startsWith('@')))
    return cli
  return ['api', 'call', api.action, ...Object.entries(api.parameters).map(([name, value]) => `${name}=${value}`)]
}

/** The parameters of a list: `Device.1.ProductKey` and so on, or `TaskId.1` for a list of texts. */
export function listParameters(name: string, list: readonly (string | Readonly<Record<string, string>>)[]): Record<string, string> {
  return Object.fromEntries(list.flatMap((entry, index) => typeof entry === 'string'
    ? [[`${name}.${index + 1}`, entry]]
    : Object.entries(entry).map(([member, value]) => [`${name}.${index + 1}.${member}`, value])))
}

/** Whether an action can be done with any other tool. */
export function hasForms(forms: CopyForms): boolean {
  return cliWords(forms) !== undefined || forms.api !== undefined || forms.publish !== undefined
}
