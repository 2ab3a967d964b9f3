import type { ApiClient } from '../shared/contract/contract.ts'
import type { Run } from '../shared/contract/run.ts'
import type { JsonObject } from '../shared/json.ts'
import type { Command } from './command.ts'
import { writeFile } from 'node:fs/promises'
import { runKinds } from '../shared/contract/run.ts'
import { AppError } from '../shared/errors.ts'
import { formatDuration } from '../shared/scenario/quantities.ts'
import { command } from './command.ts'
import { anyText, flag, jsonOption, oneOf, optional, wholeNumber, withDefault } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const runWord = { name: 'RUN', about: 'The run, by its id or the beginning of it; last: the newest one.' }
/** Runs of a workspace are looked through this many at a time. */
const pageMax = 200

function describe({ runId, name, kind, startedAt, endedAt, end, verdict, isPinned, figures }: Run): string {
  const { devices, connected, published, lost, refused, replyMs } = figures
  const length = endedAt === null ? 'goes on' : `${formatDuration(Math.round((endedAt - startedAt) / 1000) * 1000)}, ${kind === 'scenario' && verdict !== null ? verdict : end}`
  return `${runId.slice(0, 8)}  ${new Date(startedAt).toISOString().slice(0, 19)}Z  ${name}${kind === 'scenario' ? ' (scenario)' : ''}: ${length}; ${connected} of ${devices} connected, ${published} published, ${lost} lost, ${refused} refused, reply p99 ${formatDuration(replyMs.p99)}${isPinned ? '  pinned' : ''}`
}

async function findRun(client: ApiClient, word: string): Promise<Run> {
  for (let offset = 0; ; offset += pageMax) {
    const { runs, total } = await client.call('run.list', { offset, limit: pageMax })
    const found = word === 'last' ? runs[0] : runs.find(({ runId }) => word !== '' && runId.startsWith(word))
    if (found !== undefined)
      return found
    if (runs.length === 0 || offset + runs.length >= total)
      throw new AppError('run/not-found', word === 'last' ? 'There is no run yet; start a fleet or run a scenario.' : `There is no run ${word}; runs list shows what there is.`, { runId: word })
  }
}

/** `thingbench runs list`. */
export const runsList = command({
  path: ['runs', 'list'],
  about: 'List the runs of fleets and scenarios, the newest first.',
  positionals: [],
  options: {
    kind: optional(oneOf(...runKinds), { about: 'Only these.', placeholder: 'fleet|scenario' }),
    fleet: optional(anyText, { about: 'Only those of a fleet, by its id.', placeholder: 'FLEET_ID' }),
    pinned: flag('Only those that are pinned.'),
    limit: withDefault(wholeNumber(1, pageMax), 20, { about: 'So many at most.', placeholder: 'N' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench runs list', 'thingbench runs list --pinned --json'],
  async run({ kind, fleet, pinned, limit, workspace, json }, _positionals, output) {
    const { runs } = await withWorkspace({ workspace }, client => client.call('run.list', { limit, ...kind && { kind }, ...fleet !== undefined && { fleetId: fleet }, ...pinned && { isPinned: true } }))
    runs.forEach(run => json ? output.json(run as unknown as JsonObject) : output.line(describe(run)))
    return 0
  },
})

/** `thingbench runs show RUN`. */
export const runsShow = command({
  path: ['runs', 'show'],
  about: 'Show the summary of a run, and write it to files. Exits with 1 when it failed.',
  positionals: [runWord],
  options: {
    report: optional(anyText, { about: 'Also write it as an HTML page that needs nothing else.', placeholder: 'FILE' }),
    junit: optional(anyText, { about: 'Also write it as JUnit XML.', placeholder: 'FILE' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench runs show last', 'thingbench runs show last --report run.html --junit run.xml'],
  async run({ report, junit, workspace, json }, [word = ''], output) {
    return withWorkspace({ workspace }, async (client) => {
      const { runId } = await findRun(client, word)
      const details = await client.call('run.get', { runId })
      for (const [file, format] of [[report, 'html'], [junit, 'junit']] as const) {
        if (file !== undefined)
          await write(file, (await client.call('run.report', { runId, format })).text)
      }
      if (json)
        output.json(details as unknown as JsonObject)
      else
        (await client.call('run.report', { runId, format: 'text' })).text.trimEnd().split('\n').forEach(output.line)
      return details.verdict === 'failed' ? 1 : 0
    })
  },
})

function pinCommand(word: 'pin' | 'unpin', about: string): Command {
  return command({
    path: ['runs', word],
    about,
    positionals: [runWord],
    options: { workspace: workspaceOption, json: jsonOption },
    examples: [`thingbench runs ${word} last`],
    async run({ workspace, json }, [named = ''], output) {
      const run = await withWorkspace({ workspace }, async client => client.call('run.pin', { runId: (await findRun(client, named)).runId, isPinned: word === 'pin' }))
      if (json)
        output.json(run as unknown as JsonObject)
      else
        output.line(describe(run))
      return 0
    },
  })
}

export const runsPin = pinCommand('pin', 'Keep a run and the messages of its time, whatever the settings say.')
export const runsUnpin = pinCommand('unpin', 'Keep a run and its messages no longer than others.')

/** `thingbench runs delete RUN`. */
export const runsDelete = command({
  path: ['runs', 'delete'],
  about: 'Forget the summary of a run that is over and not pinned; its messages stay as long as others do.',
  positionals: [runWord],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench runs delete 1b9d6bcd'],
  async run({ workspace, json }, [named = ''], output) {
    const run = await withWorkspace({ workspace }, async (client) => {
      const found = await findRun(client, named)
      await client.call('run.delete', { runId: found.runId })
      return found
    })
    if (json)
      output.json({ runId: run.runId, deleted: true })
    else
      output.line(`Deleted ${describe(run)}`)
    return 0
  },
})

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  }
  catch (error) {
    throw new AppError('file/unwritable', `${file} cannot be written: ${(error as Error).message}.`, { path: file })
  }
}
