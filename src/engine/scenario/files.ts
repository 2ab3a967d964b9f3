import type { ScenarioFile, ScenarioPlace, ScenarioText } from '../../shared/contract/scenario.ts'
import type { Scenario } from '../../shared/scenario/read-scenario.ts'
import { createHash } from 'node:crypto'
import { constants, copyFile, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { readScenario } from '../../shared/scenario/read-scenario.ts'

const ending = '.yaml'

/** The scenarios that are files: those that come with the product, and those of the workspace. */
export class ScenarioFiles {
  readonly #folders: Record<ScenarioPlace, string>
  readonly #samplesDir: string
  #draft = 0
  /** One change after the other, so that what is looked at before a change is still so when it is made. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor({ workspaceDir, resourcesDir }: { workspaceDir: string, resourcesDir: string }) {
    this.#folders = { shipped: path.join(resourcesDir, 'scenarios'), own: path.join(workspaceDir, 'scenarios') }
    this.#samplesDir = path.join(resourcesDir, 'products')
  }

  /** Where the scenarios of the workspace are; made when the first one is. */
  get ownFolder(): string {
    return this.#folders.own
  }

  /** All of them, the shipped ones first, each with what it is about. */
  async list(): Promise<ScenarioFile[]> {
    const lists = await Promise.all((['shipped', 'own'] as const).map(async place => Promise.all((await this.#namesIn(place)).map(name => this.#describe(place, name)))))
    return lists.flat().filter(file => file !== undefined)
  }

  /** @throws AppError scenario/not-found, file/unreadable. */
  async read(place: ScenarioPlace, name: string): Promise<ScenarioText> {
    const file = this.#fileOf(place, name)
    const bytes = await readBytes(file, limits.scenarioBytesMax)
    if (bytes === undefined)
      throw new AppError('scenario/not-found', `There is no scenario ${name} ${place === 'own' ? 'in the workspace' : 'among those that come with Thingbench'}.`, { name })
    return { place, name, text: decode(bytes, file), revision: revisionOf(bytes), path: file }
  }

  /**
   * Writes one of the workspace; `revision` is that of what it replaces, null when it is new.
   * @throws AppError scenario/exists for a new one whose name is taken; scenario/changed with what is there now; file/unwritable.
   */
  save(name: string, text: string, revision: string | null): Promise<ScenarioText> {
    return this.#inTurn(async () => {
      const file = this.#fileOf('own', name)
      if (revision === null) {
        await this.#create(file, name, text)
      }
      else {
        const bytes = await readBytes(file, limits.scenarioBytesMax)
        if (bytes === undefined || revisionOf(bytes) !== revision)
          throw changed(name, bytes === undefined ? null : { text: decode(bytes, file), revision: revisionOf(bytes) })
        await this.#replace(file, text)
      }
      return await this.read('own', name)
    })
  }

  /** @throws AppError scenario/not-found, scenario/exists, file/unreadable, file/unwritable. */
  copy(place: ScenarioPlace, name: string, newName: string): Promise<ScenarioText> {
    return this.#inTurn(async () => {
      const { text } = await this.read(place, name)
      await this.#create(this.#fileOf('own', newName), newName, text)
      if (place === 'shipped')
        await this.#copyModels(text)
      return await this.read('own', newName)
    })
  }

  /** @throws AppError scenario/not-found, scenario/exists, file/unwritable. */
  rename(name: string, newName: string): Promise<ScenarioText> {
    return this.#inTurn(async () => {
      const { path: file } = await this.read('own', name)
      const target = this.#fileOf('own', newName)
      // The same file where case makes no difference.
      if (name.toLowerCase() === newName.toLowerCase()) {
        await writing(target, () => rename(file, target))
      }
      else {
        // A copy, unlike a move, never takes the place of a file that is there.
        await writing(target, () => copyFile(file, target, constants.COPYFILE_EXCL), newName)
        await writing(file, () => rm(file))
      }
      return await this.read('own', newName)
    })
  }

  /** @throws AppError scenario/not-found, file/unwritable. */
  delete(name: string): Promise<void> {
    return this.#inTurn(async () => {
      const { path: file } = await this.read('own', name)
      await writing(file, () => rm(file))
    })
  }

  /**
   * The text of a thing model: a bare name is that of a sample, anything else a path from the scenarios of the place on, which
   * does not leave their folder.
   * @throws AppError file/unreadable.
   */
  async readModel(place: ScenarioPlace, model: string): Promise<string> {
    const folder = this.#folders[place]
    if (/^[\w-]+$/.test(model)) {
      const bytes = await readBytes(path.join(this.#samplesDir, `${model}.tsl.json`), limits.modelBytesMax)
      if (bytes !== undefined)
        return decode(bytes, model)
      const names = (await readdir(this.#samplesDir)).map(file => file.replace(/\.tsl\.json$/, '')).sort()
      throw new AppError('file/unreadable', `there is no sample ${JSON.stringify(model)}; there are ${names.join(', ')}, and a path such as ./${model}.json names a file.`, { file: model })
    }
    const file = path.resolve(folder, model)
    if (!file.startsWith(folder + path.sep))
      throw new AppError('file/unreadable', `the thing model ${model} is outside of the folder of the scenarios, ${folder}.`, { file: model })
    const bytes = await readBytes(file, 4 * limits.modelBytesMax)
    if (bytes === undefined)
      throw new AppError('file/unreadable', `there is no file ${model} in the folder of the scenarios, ${folder}.`, { file: model })
    return decode(bytes, model)
  }

  async #namesIn(place: ScenarioPlace): Promise<string[]> {
    try {
      const found = await readdir(this.#folders[place], { withFileTypes: true })
      return found.filter(entry => !entry.isDirectory() && entry.name.endsWith(ending)).map(entry => entry.name.slice(0, -ending.length)).filter(name => /^[a-z0-9][\w-]{0,59}$/i.test(name)).sort()
    }
    catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        return []
      throw new AppError('file/unreadable', `The folder ${this.#folders[place]} cannot be read: ${(error as Error).message}.`, { file: this.#folders[place] })
    }
  }

  async #describe(place: ScenarioPlace, name: string): Promise<ScenarioFile | undefined> {
    try {
      const { scenario, problems } = readScenario((await this.read(place, name)).text)
      return { place, name, title: scenario?.title ?? '', about: scenario?.about.trim() ?? '', durationMs: scenario?.durationMs ?? null, devices: scenario && devicesOfScenario(scenario), problems: problems.length }
    }
    catch (error) {
      // Gone meanwhile, or a file that is no text: it is listed, and says what is wrong when it is opened.
      if (!(error instanceof AppError))
        throw error
      return error.code === 'scenario/not-found' ? undefined : { place, name, title: '', about: '', durationMs: null, devices: null, problems: 1 }
    }
  }

  #fileOf(place: ScenarioPlace, name: string): string {
    return path.join(this.#folders[place], `${name}${ending}`)
  }

  async #create(file: string, name: string, text: string): Promise<void> {
    if ((await this.#namesIn('own')).length >= limits.scenarioFilesMax)
      throw new AppError('limit/reached', `A workspace has at most ${limits.scenarioFilesMax} scenarios.`, { max: limits.scenarioFilesMax })
    await writing(file, async () => {
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, text, { flag: 'wx' })
    }, name)
  }

  /** Whole or not at all: written beside its place first. */
  async #replace(file: string, text: string): Promise<void> {
    const draft = `${file}.${++this.#draft}.part`
    await writing(file, async () => {
      try {
        await writeFile(draft, text)
        await rename(draft, file)
      }
      catch (error) {
        await rm(draft, { force: true })
        throw error
      }
    })
  }

  /** Those that a shipped scenario has beside it; one of that name that is there already stays. */
  async #copyModels(text: string): Promise<void> {
    const { scenario } = readScenario(text)
    for (const { model } of Object.values(scenario?.products ?? {})) {
      if (/^[\w-]+$/.test(model))
        continue
      const target = path.resolve(this.#folders.own, model)
      await writing(target, async () => {
        await mkdir(path.dirname(target), { recursive: true })
        await copyFile(path.resolve(this.#folders.shipped, model), target, constants.COPYFILE_EXCL).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST')
            throw error
        })
      })
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => {})
    return turn
  }
}

/** How many devices a scenario has. */
export function devicesOfScenario({ groups }: Pick<Scenario, 'groups'>): number {
  return Object.values(groups).reduce((sum, { count }) => sum + count, 0)
}

function revisionOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32)
}

function changed(name: string, present: { text: string, revision: string } | null): AppError {
  return present === null
    ? new AppError('scenario/changed', `The file of the scenario ${name} has been deleted meanwhile, so it was not written.`, { name, revision: null })
    : new AppError('scenario/changed', `The file of the scenario ${name} has been changed by somebody else meanwhile, so it was not written.`, { name, ...present })
}

/** Undefined when there is no such file. */
async function readBytes(file: string, bytesMax: number): Promise<Buffer | undefined> {
  try {
    await using handle = await open(file)
    if ((await handle.stat()).size > bytesMax)
      throw new AppError('file/unreadable', `The file ${file} cannot be read: it is larger than ${Math.floor(bytesMax / 1024)} KiB.`, { file })
    return await handle.readFile()
  }
  catch (error) {
    if (error instanceof AppError)
      throw error
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return undefined
    throw new AppError('file/unreadable', `The file ${file} cannot be read: ${(error as Error).message}.`, { file })
  }
}

function decode(bytes: Buffer, file: string): string {
  try {
    // The mark at the beginning of some files belongs to their bytes.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  }
  catch {
    throw new AppError('file/unreadable', `The file ${file} cannot be read: it is not UTF-8 text.`, { file })
  }
}

async function writing(file: string, work: () => Promise<unknown>, name?: string): Promise<void> {
  try {
    await work()
  }
  catch (error) {
    if (name !== undefined && (error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new AppError('scenario/exists', `The workspace has a scenario ${name} already.`, { name })
    throw new AppError('file/unwritable', `${file} cannot be written: ${(error as Error).message}.`, { path: file })
  }
}
