import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseShellArguments } from '../../../electron/shell-arguments.ts'

const cwd = path.resolve('/somewhere')

describe('the shell\'s command line', () => {
  it('names nothing by default', () => {
    expect(parseShellArguments(['.', '--inspect', '--user-data-dir=/x'], cwd)).toEqual({ workspaceDir: undefined, mqttPort: undefined })
  })

  it('takes a workspace, relative to where it was started, and a port', () => {
    expect(parseShellArguments(['.', '--workspace', 'bench', '--mqtt-port=0'], cwd)).toEqual({ workspaceDir: path.join(cwd, 'bench'), mqttPort: 0 })
    expect(parseShellArguments(['--workspace=/a=b', '--mqtt-port', '1884'], cwd)).toEqual({ workspaceDir: path.resolve('/a=b'), mqttPort: 1884 })
  })

  it('leaves out what makes no sense', () => {
    expect(parseShellArguments(['--workspace'], cwd)).toEqual({ workspaceDir: undefined, mqttPort: undefined })
    for (const port of ['', 'x', '-1', '1.5', '65536'])
      expect(parseShellArguments([`--mqtt-port=${port}`], cwd).mqttPort, port).toBeUndefined()
  })
})
