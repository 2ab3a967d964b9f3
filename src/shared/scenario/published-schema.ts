import { z } from 'zod'
import { scenarioSchema } from './schema.ts'

/** The JSON schema of scenario files, for editors: what may be written, before any default is filled in. */
export function publishedScenarioSchema(): string {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' })
  return `${JSON.stringify({ ...schema, title: 'Thingbench scenario' }, undefined, 2)}\n`
}
