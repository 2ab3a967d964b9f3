import type { Behaviour } from '../shared/contract/behaviour.ts'
import type { ThingModel } from '../shared/thing-model/types.ts'
import path from 'node:path'
import { z } from 'zod'
import { checkBehaviours } from '../engine/fleet/behaviour/check-behaviours.ts'
import { checkScripts } from '../engine/fleet/behaviour/check-scripts.ts'
import { openValueScripts } from '../engine/script/open-value-scripts.ts'
import { behaviourSchema } from '../shared/contract/behaviour.ts'
import { AppError } from '../shared/errors.ts'
import { isJsonObject } from '../shared/json.ts'
import { limits } from '../shared/limits.ts'
import { checkInput } from '../shared/rpc/check-input.ts'
import { wireName } from '../shared/thing-model/method.ts'
import { readTextFile } from './read-text-file.ts'

const fileSchema = z.strictObject({ behaviours: z.record(z.string(), behaviourSchema) })

/**
 * Reads how properties move from a JSON file, by property. A recorded table may be a file of its own, beside it:
 * `"csv": {"file": "day.csv", "time": "at", "value": "celsius"}`.
 * @throws AppError `file/unreadable`; `input/invalid` naming property, field, expected and got.
 */
export async function readBehavioursFile(file: string, model: ThingModel): Promise<Record<string, Behaviour>> {
  const text = await readTextFile(file)
  let told: unknown
  try {
    told = JSON.parse(text)
  }
  catch (error) {
    throw new AppError('input/invalid', `${file}: expected JSON such as {"temperature": {"kind": "sine", "min": 18, "max": 28, "periodSec": 60}}: ${(error as Error).message}.`, { file })
  }
  if (isJsonObject(told)) {
    for (const behaviour of Object.values(told)) {
      if (isJsonObject(behaviour) && isJsonObject(behaviour.csv) && typeof behaviour.csv.file === 'string') {
        const { file: table, ...csv } = behaviour.csv
        behaviour.csv = { ...csv, text: await readTextFile(path.resolve(path.dirname(file), table), limits.behaviourTraceCsvCharsMax) }
      }
    }
  }
  const { behaviours } = checkInput(fileSchema, { behaviours: told }, file)
  const keys = new Set(model.properties.map(({ identifier }) => wireName(identifier, model.functionBlockId)))
  const unknown = Object.keys(behaviours).find(name => !keys.has(name) && !keys.has(wireName(name, model.functionBlockId)))
  if (unknown !== undefined)
    throw new AppError('input/invalid', `${file}: behaviours.${unknown}: expected one of the properties ${[...keys].join(', ')}.`, { file })
  checkBehaviours(behaviours, keys, file)
  await checkScripts(behaviours, file, () => openValueScripts(() => performance.now()))
  return behaviours
}
