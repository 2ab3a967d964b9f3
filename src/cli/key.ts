import { command } from './command.ts'
import { anyText, flag, jsonOption, optional } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

/** `thingbench key create`. */
export const keyCreate = command({
  path: ['key', 'create'],
  about: 'Make an access key, with which server programs sign their calls of the cloud\'s API.',
  positionals: [],
  options: {
    name: optional(anyText, { about: 'What the key is for.', placeholder: 'TEXT' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench key create --json', 'thingbench key create --name nightly'],
  async run({ name, workspace, json }, _positionals, output) {
    const { accessKeyId, accessKeySecret } = await withWorkspace({ workspace, mayCreate: true }, client => client.call('key.create', name === undefined ? {} : { name }))
    if (json) {
      output.json({ accessKeyId, accessKeySecret })
    }
    else {
      output.line(`AccessKeyId      ${accessKeyId}`)
      output.line(`AccessKeySecret  ${accessKeySecret}`)
    }
    return 0
  },
})

/** `thingbench key list`. */
export const keyList = command({
  path: ['key', 'list'],
  about: 'List the access keys of a workspace.',
  positionals: [],
  options: {
    secrets: flag('Print the secrets too.'),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench key list'],
  async run({ secrets, workspace, json }, _positionals, output) {
    for (const { accessKeySecret, ...key } of await withWorkspace({ workspace }, client => client.call('key.list', {}))) {
      if (json)
        output.json({ ...key, ...(secrets && { accessKeySecret }) })
      else
        output.line([key.accessKeyId, ...secrets ? [accessKeySecret] : [], `made ${new Date(key.createdAt).toISOString()}`, key.name].join('  ').trimEnd())
    }
    return 0
  },
})

/** `thingbench key delete ACCESS_KEY_ID`. */
export const keyDelete = command({
  path: ['key', 'delete'],
  about: 'Delete an access key: calls that are signed with it are refused from then on.',
  positionals: [{ name: 'ACCESS_KEY_ID', about: 'The key, as key list shows it.' }],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench key delete TB3vNqJ8sWk1xYz5aBcDeFgH'],
  async run({ workspace, json }, [accessKeyId = ''], output) {
    await withWorkspace({ workspace }, client => client.call('key.delete', { accessKeyId }))
    if (json)
      output.json({ deleted: accessKeyId })
    else
      output.line(`Deleted the access key ${accessKeyId}.`)
    return 0
  },
})
