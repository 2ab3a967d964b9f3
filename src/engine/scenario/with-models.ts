import type { Scenario, ScenarioProblem } from '../../shared/scenario/read-scenario.ts'
import type { ThingModel } from '../../shared/thing-model/types.ts'
import { AppError } from '../../shared/errors.ts'
import { checkModels } from '../../shared/scenario/check-models.ts'
import { readScenario } from '../../shared/scenario/read-scenario.ts'
import { describeModelIssue, parseThingModel } from '../../shared/thing-model/parse.ts'

/** A scenario with the thing models it names, and all that is wrong with it. */
export interface ScenarioWithModels {
  /** Null when there is any problem. */
  scenario: Scenario | null
  problems: ScenarioProblem[]
  /** The text of each product's thing model, by the product's name in the scenario. */
  models: Record<string, string>
}

/**
 * Reads a scenario, and the thing models that it names with `readModel`; a model for which that throws an AppError is one of
 * the problems.
 */
export async function readWithModels(text: string, readModel: (model: string) => Promise<string>): Promise<ScenarioWithModels> {
  const { scenario, problems, problemAt } = readScenario(text)
  if (scenario === null)
    return { scenario, problems, models: {} }
  const models: Record<string, string> = {}
  const parsed: Record<string, ThingModel> = {}
  const found: ScenarioProblem[] = []
  for (const [name, { model }] of Object.entries(scenario.products)) {
    try {
      models[name] = await readModel(model)
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
  return { scenario: found.length === 0 ? scenario : null, problems: found, models }
}
