import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { jsonLines, thingbench, thingbenchJson } from '../support/command-line.ts'
import { tempFolder } from '../support/temp-folder.ts'

const text = `scenario: A short one
seed: 5
duration: 2s
products: { lamp: { model: street-lamp } }
groups: { north: { product: lamp, count: 4, every: 500ms } }
expect:
  - connected = 4
  - refused = 0
`

function scenarioFile(content: string): string {
  const file = path.join(tempFolder(), 'short.yaml')
  writeFileSync(file, content)
  return file
}

it('runs a scenario in a workspace of its own, reports it in every form and ends with 0 when all is met', { timeout: 60_000 }, async () => {
  const file = scenarioFile(text)
  const to = (name: string): string => path.join(path.dirname(file), name)
  const { code, stdout, stderr } = await thingbench(['run', file, '--report', to('run.html'), '--junit', to('run.xml'), '--result', to('run.json')])
  expect(stderr).toContain('A short one: 2s, seed 5.')
  expect(stdout).toMatch(/^Verdict +all expectations met after .*, seed 5$/m)
  expect(readFileSync(to('run.html'), 'utf8')).toContain('<h1>A short one</h1>')
  expect(readFileSync(to('run.xml'), 'utf8')).toContain('<testsuite name="A short one" tests="2" failures="0"')
  expect(JSON.parse(readFileSync(to('run.json'), 'utf8'))).toMatchObject({ title: 'A short one', verdict: 'met', seed: 5, whole: { devices: 4, connected: 4 } })
  expect(code).toBe(0)
})

it('ends with 1 when an expectation is not met, with the seed it was given', { timeout: 60_000 }, async () => {
  const { code, stdout } = await thingbench(['run', scenarioFile(text.replace('refused = 0', 'published = 0')), '--seed', '9', '--json'])
  expect(jsonLines(stdout)).toMatchObject([{ verdict: 'failed', seed: 9, expectations: [{ isMet: true }, { isMet: false }] }])
  expect(code).toBe(1)
})

it('ends with 2 when the scenario has problems, each with file, line and column, and runs nothing', { timeout: 60_000 }, async () => {
  const file = scenarioFile(text.replace('count: 4', 'cout: 4').replace('seed: 5', 'seed: five'))
  const result = await thingbench(['run', file])
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr.trim().split('\n')).toEqual([
    `${file}:2:7: seed: expected a number, got "five"`,
    `${file}:5:11: groups.north.count: "count" is missing: expected a number`,
    `${file}:5:35: groups.north.cout: unknown key "cout"; did you mean "count"?`,
    '3 problems.',
  ])
  const json = await thingbench(['run', file, '--json'])
  expect(json.code).toBe(2)
  expect(jsonLines(json.stdout)).toMatchObject([{ file, problems: [{ line: 2, column: 7 }, {}, {}] }])
})

it('checks a scenario without running it', { timeout: 60_000 }, async () => {
  const good = scenarioFile(text)
  expect(await thingbench(['scenario', 'check', good])).toMatchObject({ code: 0, stdout: `${good} is a good scenario: 4 devices, 1 group, 0 actions, 2 expectations.\n` })
  const bad = scenarioFile(text.replace('refused', 'refuse'))
  expect(await thingbench(['scenario', 'check', bad])).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "refused"?') as string })
})

it('lists the shipped scenarios and prints the schema of the files', { timeout: 60_000 }, async () => {
  expect((await thingbenchJson(['scenario', 'list'])).map(({ name }) => name)).toContain('street-lamps')
  const schema = await thingbench(['scenario', 'schema'])
  expect(JSON.parse(schema.stdout)).toMatchObject({ title: 'Thingbench scenario', type: 'object' })
  expect((await thingbench(['scenario', 'list'])).stdout).toMatch(/^street-lamps +Street lamps at dusk$/m)
})

it('keeps in a workspace what it made only when it is asked to', { timeout: 60_000 }, async () => {
  const workspace = path.join(tempFolder(), 'bench')
  const file = scenarioFile(text.replace('duration: 2s', 'duration: 500ms').replace('connected = 4', 'lost = 0'))
  await thingbench(['run', file, '--workspace', workspace])
  expect(existsSync(workspace)).toBe(true)
  expect(await thingbenchJson(['product', 'list', '--workspace', workspace])).toEqual([])
  await thingbench(['run', file, '--workspace', workspace, '--keep'])
  expect(await thingbenchJson(['product', 'list', '--workspace', workspace])).toHaveLength(1)
})

it('refuses to write two reports to one file', { timeout: 60_000 }, async () => {
  expect(await thingbench(['run', 'street-lamps', '--report', 'a', '--junit', 'a'])).toMatchObject({ code: 2, stderr: '--report, --junit and --result need a file each.\n' })
})
