import type { Scenario, ScenarioProblem } from '../shared/scenario/read-scenario.ts'
import type { ThingModel } from '../shared/thing-model/types.ts'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { checkModels } from '../shared/scenario/check-models.ts'
import { readScenario } from '../shared/scenario/read-scenario.ts'
import { describeModelIssue, parseThingModel } from '../shared/thing-model/parse.ts'
import { resourcesDir } from './place.ts'
import { readTextFile } from './read-text-file.ts'

const scenariosDir = path.join(resourcesDir, 'scenarios')
const scenarioEnd = '.yaml'

/** A scenario with the thing models it names, and all that is wrong with it. */
export interface LoadedScenario {
  file: string
  /** Null when there is any problem. */
  scenario: Scenario | null
  problems: ScenarioProblem[]
  /** The text of each product's thing model, by the product's name in the scenario. */
  models: Record<string, string>
}

/** The scenarios that come with the product, by name, with what each is about. */
export async function shippedScenarios(): Promise<{ name: string, title: string, about: string }[]> {
  const files = (await readdir(scenariosDir)).filter(file => file.endsWith(scenarioEnd)).sort()
  return Promise.all(files.map(async (file) => {
    const { scenario } = readScenario(await readTextFile(path.join(scenariosDir, file), limits.scenarioBytesMax))
    return { name: file.slice(0, -scenarioEnd.length), title: scenario?.title ?? '', about: scenario?.about.trim() ?? '' }
  }))
}

/**
 * Reads a scenario file, or one of the shipped ones by its name, and the thing models that it names.
 * @throws AppError file/unreadable for the scenario itself; a model that cannot be read is one of the problems.
 */
export async function loadScenario(word: string): Promise<LoadedScenario> {
  const shipped = path.join(scenariosDir, `${word}${scenarioEnd}`)
  const file = !existsSync(word) && /^[\w-]+$/.test(word) && existsSync(shipped) ? shipped : word
  const { scenario, problems, problemAt } = readScenario(await readTextFile(file, limits.scenarioBytesMax))
  if (scenario === null)
    return { file, scenario, problems, models: {} }

  const models: Record<string, string> = {}
  const parsed: Record<string, ThingModel> = {}
  const found: ScenarioProblem[] = []
  for (const [name, { model }] of Object.entries(scenario.products)) {
    try {
      models[name] = await readModel(model, path.dirname(file))
      const { model: read, issues } = parseThingModel(models[name])
      if (read)
        parsed[name] = read
      else
        found.push(problemAt(['products', name, 'model'], `the thing model ${model} breaks a rule: ${issues[0] ? describeModelIssue(issues[0]) : 'it is none'}`))
    }
    catch (error) {
      if (!(error instanceof AppError))
        throw error
      found.push(problemAt(['products', name, 'model'], error.message.replace(/\.$/, '')))
    }
  }
  found.push(...checkModels(scenario, parsed, problemAt))
  found.sort((a, b) => a.line - b.line || a.column - b.column)
  return { file, scenario: found.length === 0 ? scenario : null, problems: found, models }
}

/** A path is meant from the scenario file on; a bare name is that of a shipped sample. */
async function readModel(model: string, fromDir: string): Promise<string> {
  const shipped = path.join(resourcesDir, 'products', `${model}.tsl.json`)
  if (/^[\w-]+$/.test(model)) {
    if (existsSync(shipped))
      return readTextFile(shipped)
    const names = (await readdir(path.dirname(shipped))).map(file => file.replace(/\.tsl\.json$/, '')).sort()
    throw new AppError('file/unreadable', `there is no sample ${JSON.stringify(model)}; there are ${names.join(', ')}, and a path such as ./${model}.json names a file.`, { file: model })
  }
  return readTextFile(path.resolve(fromDir, model))
}
