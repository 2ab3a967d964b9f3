import { command } from './command.ts'
import { flag, jsonOption } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

/** `thingbench certificate`: the root certificate that devices have to trust. */
export const certificate = command({
  path: ['certificate'],
  about: 'Print the root certificate that devices have to trust to connect with TLS.',
  positionals: [],
  options: {
    c: flag('As a string constant of C, to be pasted into firmware.'),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench certificate > thingbench-ca.pem', 'thingbench certificate --c'],
  async run({ c, workspace, json }, _positionals, output) {
    const root = await withWorkspace({ workspace }, client => client.call('certificate.root', {}))
    if (json)
      output.json({ ...root })
    else
      output.line((c ? root.cString : root.pem).trimEnd())
    return 0
  },
})
