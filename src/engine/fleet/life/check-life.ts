import type { z } from 'zod'
import type { lifeChangeSchema } from '../../../shared/contract/fleet-life.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import { AppError } from '../../../shared/errors.ts'
import { wireName } from '../../../shared/thing-model/method.ts'

/** Throws AppError input/invalid when a life speaks of a charge that is no number of the thing model, or of services that it does not have. */
export function checkLife({ battery, services }: z.output<typeof lifeChangeSchema>, { properties, services: known, functionBlockId }: ThingModel, subject: string): void {
  const charges = properties.filter(({ dataType: { type } }) => type === 'int' || type === 'float' || type === 'double').map(({ identifier }) => wireName(identifier, functionBlockId))
  if (battery && !charges.includes(battery.property))
    throw refusal(`${subject}: life.battery.property`, 'a number property', charges, battery.property)
  const names = known.map(({ identifier }) => wireName(identifier, functionBlockId))
  for (const deed of ['reboot', 'powerOff'] as const) {
    const unknown = services?.[deed].find(name => !names.includes(name))
    if (unknown !== undefined)
      throw refusal(`${subject}: life.services.${deed}`, 'services', names, unknown)
  }
}

function refusal(field: string, what: string, known: readonly string[], got: string): AppError {
  const expected = known.length === 0 ? `${what} of the thing model, which has none` : `${what} of the thing model (${known.slice(0, 20).join(', ')})`
  return new AppError('input/invalid', `${field}: expected ${expected}, got ${got}.`, { field, expected, got })
}
