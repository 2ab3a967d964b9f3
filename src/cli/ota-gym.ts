import type { ApiClient } from '../shared/contract/contract.ts'
import type { GymRow, GymSummary } from '../shared/contract/ota-gym.ts'
import type { JsonObject } from '../shared/json.ts'
import type { Output } from './output.ts'
import { updateEndings } from '../shared/contract/fleet-updates.ts'
import { AppError } from '../shared/errors.ts'
import { endRules, endVerdicts } from '../shared/ota/expected-end.ts'
import { command } from './command.ts'
import { flag, jsonOption, optional, wholeNumber, withDefault } from './option.ts'
import { updateEndingsWish } from './update-options.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const waitOption = withDefault(wholeNumber(0, 86_400), 600, { about: 'Wait so many seconds at most until every device has come to rest.', placeholder: 'S' })
const devicesOption = flag('Also print what became of each device.')
/** Rows read in one call. */
const rowsAtOnce = 1_000

/** `thingbench ota gym run FLEET PACKAGE_ID`. */
export const otaGymRun = command({
  path: ['ota', 'gym', 'run'],
  about: 'Let the devices of a fleet update with the endings asked for, and compare what the platform made of it with the rulebook; ends with 1 when a device differs.',
  positionals: [{ name: 'FLEET', about: 'The fleet, by its name or id; it is started anew.' }, { name: 'PACKAGE_ID', about: 'The update package.' }],
  options: {
    endings: optional(updateEndingsWish, { about: 'How updates go, by shares, such as succeeds=90,stalls=10@40; without it, every ending alike.', placeholder: 'LIST' }),
    timeout: optional(wholeNumber(1, 1_440), { about: 'Minutes from the first progress report after which an update fails.', placeholder: 'MIN' }),
    retry: optional(wholeNumber(0, 1_440), { about: 'Minutes after a failure until the next try; without it, no retries.', placeholder: 'MIN' }),
    retries: withDefault(wholeNumber(1, 100), 1, { about: 'Retries of one device at most.', placeholder: 'N' }),
    wait: waitOption,
    devices: devicesOption,
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench ota gym run Thermostats 7wQ2mV9sT4kLx8Rb1NcZ5a', 'thingbench ota gym run Thermostats 7wQ2mV9sT4kLx8Rb1NcZ5a --endings succeeds=8,stalls=1,silent=1@60 --timeout 2'],
  async run({ endings, timeout, retry, retries, wait, devices, workspace, json }, [fleet = '', packageId = ''], output) {
    return withWorkspace({ workspace }, async (client) => {
      const conduct = endings ?? { endings: updateEndings.map(ending => ({ ending, share: 1 })) }
      const found = (await client.call('fleet.list', {})).find(({ fleetId, name }) => fleetId === fleet || name === fleet)
      if (found === undefined)
        throw new AppError('fleet/not-found', `There is no fleet ${fleet}.`, { fleetId: fleet })
      const { fleetId } = found
      if (output.watched)
        output.note('Waiting until the devices of the fleet are connected.')
      const { batchId } = await client.call('otaGym.start', { fleetId, packageId, conduct, timeoutMinutes: timeout ?? null, retryMinutes: retry ?? null, retriesMax: retries })
      return report(client, batchId, { wait, devices, json }, output)
    })
  },
})

/** `thingbench ota gym show BATCH_ID`. */
export const otaGymShow = command({
  path: ['ota', 'gym', 'show'],
  about: 'Compare what became of the simulated devices of a batch with the rulebook; ends with 1 when a device differs.',
  positionals: [{ name: 'BATCH_ID', about: 'The batch.' }],
  options: { wait: waitOption, devices: devicesOption, workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota gym show 7wQ2mV9sT4kLx8Rb1NcZ5a --wait 0', 'thingbench ota gym show 7wQ2mV9sT4kLx8Rb1NcZ5a --devices --json'],
  async run({ wait, devices, workspace, json }, [batchId = ''], output) {
    return withWorkspace({ workspace }, client => report(client, batchId, { wait, devices, json }, output))
  },
})

interface Wish { wait: number, devices: boolean, json: boolean }

async function report(client: ApiClient, batchId: string, { wait, devices, json }: Wish, output: Output): Promise<number> {
  await untilAtRest(client, batchId, wait)
  const { summary } = await client.call('otaGym.table', { batchId, limit: 1 })
  if (json)
    output.json({ batchId, verdicts: { ...summary.verdicts }, cells: summary.cells.map(cell => ({ ...cell })) })
  else
    describe(summary).forEach(line => output.line(line))
  const { open, different } = summary.verdicts
  if (devices || different > 0)
    await printRows(client, batchId, devices ? undefined : 'different', json, output)
  if (open > 0)
    output.note(`${open} devices have not come to rest yet; ask again with thingbench ota gym show ${batchId}.`)
  return different > 0 ? 1 : 0
}

async function untilAtRest(client: ApiClient, batchId: string, waitSec: number): Promise<void> {
  if (waitSec === 0)
    return
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(), waitSec * 1000)
  await client.subscribe('otaGym.watch', { batchId }, ({ verdicts }) => {
    if (verdicts.open === 0)
      over.abort()
  }, { signal: over.signal }).finally(() => clearTimeout(timer))
}

async function printRows(client: ApiClient, batchId: string, only: 'different' | undefined, json: boolean, output: Output): Promise<void> {
  for (let offset = 0; ;) {
    const { rows, total } = await client.call('otaGym.table', { batchId, offset, limit: rowsAtOnce, ...only !== undefined && { only } })
    for (const row of rows) {
      if (json)
        output.json(plain(row))
      else
        output.line(`${row.deviceName}  ${row.ending}  ${stateOf(row)}  ${row.verdict === 'different' ? `should be ${stateOf(row.expected)}: ${endRules[row.rule]}` : row.verdict}`)
    }
    offset += rows.length
    if (rows.length === 0 || offset >= total || !output.wanted())
      return
  }
}

function stateOf({ state, cause }: Pick<GymRow, 'state' | 'cause'>): string {
  return cause === null ? state : `${state} (${cause})`
}

/** One line an ending, state and verdict, as columns. */
function describe({ cells, verdicts }: GymSummary): string[] {
  const rows = cells
    .toSorted((a, b) => updateEndings.indexOf(a.ending) - updateEndings.indexOf(b.ending) || endVerdicts.indexOf(a.verdict) - endVerdicts.indexOf(b.verdict))
    .map(cell => [cell.ending, stateOf(cell), String(cell.count), cell.verdict])
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => row[column]!.length), 0))
  return [
    ...rows.map(row => row.map((text, column) => column === 2 ? text.padStart(widths[2]!) : text.padEnd(widths[column] ?? 0)).join('  ')),
    `${verdicts.expected} as expected, ${verdicts.open} still open, ${verdicts.different} different.`,
  ]
}

function plain({ account, expected, ...row }: GymRow): JsonObject {
  return { ...row, expected: { ...expected }, did: account === null ? null : account.steps.map(({ what }) => what) }
}
