import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { ScenarioOutline } from '../shared/contract/scenario.ts'
import type { JsonValue } from '../shared/json.ts'
import type { ScenarioResult } from '../shared/scenario/figures.ts'
import type { Scenario } from '../shared/scenario/read-scenario.ts'
import { methodTable } from '../shared/contract/contract.ts'
import { AppError } from '../shared/errors.ts'
import { pump } from '../shared/feed.ts'
import { checkInput } from '../shared/rpc/check-input.ts'
import { devicesOfScenario, ScenarioFiles } from './scenario/files.ts'
import { ScenarioRuns } from './scenario/runs.ts'
import { readWithModels } from './scenario/with-models.ts'

export interface ScenarioServicesContext {
  config: { workspaceDir: string, resourcesDir: string }
  clock: Clock
  /** The methods that the page calls too. */
  methods: () => EngineApi['methods']
  /** For a run of a scenario without a seed. */
  makeSeed: () => number
  /** The engine's own: what runs then is ended first. */
  stack: AsyncDisposableStack
  /** Keeps what a run came to, with what was seen of its fleets; resolves with the id it is kept by. */
  keep: (result: ScenarioResult, fleetIds: readonly string[]) => Promise<string>
}

type ScenarioMethod = Extract<keyof EngineApi['methods'], `scenario.${string}`>

/** Scenarios of the page: their files, what is wrong with them, and running them in this engine. */
export interface ScenarioServices {
  methods: Pick<EngineApi['methods'], ScenarioMethod>
  streams: Pick<EngineApi['streams'], 'scenario.watch'>
}

/** Opens the scenarios of a workspace; a run under way ends with the engine. */
export function openScenarioServices({ config, clock, methods, makeSeed, stack, keep }: ScenarioServicesContext): ScenarioServices {
  const { signal } = new AbortController()
  const files = new ScenarioFiles(config)
  const runs = new ScenarioRuns({
    call: async (name, input) => await methods()[name](checkInput(methodTable[name]!.input, input, name) as never, { signal }) as never,
    clock,
    keep,
  })
  stack.defer(() => runs.close())
  return {
    methods: {
      'scenario.list': async () => ({ folder: files.ownFolder, files: await files.list() }),
      'scenario.read': ({ place, name }) => files.read(place, name),
      'scenario.save': ({ name, text, revision }) => files.save(name, text, revision),
      'scenario.copy': ({ place, name, newName }) => files.copy(place, name, newName),
      'scenario.rename': ({ name, newName }) => files.rename(name, newName),
      'scenario.delete': async ({ name }) => {
        await files.delete(name)
        return null
      },
      'scenario.check': async ({ text, place }) => {
        const { scenario, problems } = await readWithModels(text, model => files.readModel(place, model))
        return { problems, outline: scenario && outlineOf(scenario) }
      },
      'scenario.start': async ({ file, text, seed, stopAfterMs }) => {
        runs.requireRest()
        const place = file?.place ?? 'own'
        const { scenario, problems, models } = await readWithModels(text ?? (await files.read(place, file!.name)).text, model => files.readModel(place, model))
        if (scenario === null) {
          const [first] = problems
          throw new AppError('scenario/invalid', `The scenario has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}; line ${first!.line}: ${first!.message}.`, { problems: problems as unknown as JsonValue })
        }
        return runs.start({ scenario, models, seed: seed ?? scenario.seed ?? makeSeed(), file: file ?? null, stopAfterMs })
      },
      'scenario.stop': () => runs.stop(),
      'scenario.run': () => runs.run,
      'scenario.result': ({ runId }) => runs.resultOf(runId),
    },
    streams: {
      'scenario.watch': async (_, subscriber) => {
        await pump(clock, subscriber, { take: runs.watch(subscriber.signal) }, 250)
      },
    },
  }
}

function outlineOf(scenario: Scenario): ScenarioOutline {
  const { title, seed, durationMs, groups, timeline, expect } = scenario
  return { title, seed, durationMs, devices: devicesOfScenario(scenario), groups: Object.keys(groups).length, actions: timeline.length, expectations: expect.length }
}
