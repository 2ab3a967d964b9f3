import type { ScenarioWithModels } from '../engine/scenario/with-models.ts'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { readWithModels } from '../engine/scenario/with-models.ts'
import { AppError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { readScenario } from '../shared/scenario/read-scenario.ts'
import { resourcesDir } from './place.ts'
import { readTextFile } from './read-text-file.ts'

const scenariosDir = path.join(resourcesDir, 'scenarios')
const scenarioEnd = '.yaml'

/** A scenario with the thing models it names, and all that is wrong with it. */
export interface LoadedScenario extends ScenarioWithModels { file: string }

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
  return { file, ...await readWithModels(await readTextFile(file, limits.scenarioBytesMax), model => readModel(model, path.dirname(file))) }
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
