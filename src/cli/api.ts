import type { ActionSummary } from '../shared/contract/openapi.ts'
import type { JsonObject } from '../shared/json.ts'
import { command, UsageError } from './command.ts'
import { anyText, jsonOption, optional } from './option.ts'
import { readTextFile } from './read-text-file.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

/** `thingbench api list`. */
export const apiList = command({
  path: ['api', 'list'],
  about: 'List the actions of the cloud\'s API that are served, with their parameters.',
  positionals: [],
  options: {
    search: optional(anyText, { about: 'Only actions with this in their names.', placeholder: 'TEXT' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench api list', 'thingbench api list --search desired'],
  async run({ search = '', workspace, json }, _positionals, output) {
    const { actions } = await withWorkspace({ workspace, mayCreate: true }, client => client.call('openapi.actions', {}))
    for (const action of actions.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()))) {
      if (json)
        output.json({ ...action } as unknown as JsonObject)
      else
        describe(action).forEach(output.line)
    }
    return 0
  },
})

function describe({ name, about, parameters }: ActionSummary): string[] {
  const words = parameters.map(parameter => parameter.isRequired ? parameter.name : `[${parameter.name}]`).join(' ')
  return [`${name}: ${about}`, ...words === '' ? [] : [`  ${words}`]]
}

/** `thingbench api call ACTION NAME=VALUE…`. */
export const apiCall = command({
  path: ['api', 'call'],
  about: 'Carry out an action of the cloud\'s API in a workspace, without a key, and print its answer; the exit code is 1 when the answer says that it failed.',
  positionals: [
    { name: 'ACTION', about: 'The action, as api list shows it.' },
    { name: 'NAME=VALUE', about: 'A parameter; lists are Name.1=… Name.2=…, and NAME=@FILE takes the text of a file.', repeated: true, optional: true },
  ],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: [
    'thingbench api call QueryProductList PageSize=50',
    'thingbench api call SetDeviceProperty ProductKey=a1Xk29TzQ7b DeviceName=lamp-0007 Items=\'{"PowerSwitch":1}\'',
  ],
  async run({ workspace, json }, [action = '', ...words], output) {
    const parameters = Object.fromEntries(await Promise.all(words.map(readParameter)))
    const { status, body } = await withWorkspace({ workspace }, client => client.call('openapi.call', { action, parameters }))
    const answer = JSON.parse(body) as JsonObject
    if (json)
      output.json(answer)
    else
      output.line(JSON.stringify(answer, null, 2))
    return status === 200 && answer.Success === true ? 0 : 1
  },
})

async function readParameter(word: string): Promise<[name: string, value: string]> {
  const equals = word.indexOf('=')
  if (equals < 1)
    throw new UsageError(`Expected NAME=VALUE, got ${JSON.stringify(word)}.`)
  const value = word.slice(equals + 1)
  return [word.slice(0, equals), value.startsWith('@') ? await readTextFile(value.slice(1)) : value]
}
