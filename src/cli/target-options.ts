import type { z } from 'zod'
import type { FleetTarget, TargetSecret, TargetSecrets } from '../shared/contract/fleet-target.ts'
import type { OptionValues } from './command.ts'
import type { ValueKind } from './option.ts'
import { fleetTargetSchema } from '../shared/contract/fleet-target.ts'
import { limits } from '../shared/limits.ts'
import { UsageError } from './command.ts'
import { anyText, optional } from './option.ts'
import { readTextFile } from './read-text-file.ts'

/** JSON of one schema. */
export function jsonOf<S extends z.ZodType>(schema: S, expected: string): ValueKind<z.output<S>> {
  return {
    expected,
    read(text) {
      try {
        return schema.safeParse(JSON.parse(text)).data
      }
      catch {
        return undefined
      }
    },
  }
}

/** Where a fleet reports. Secrets are taken from files and variables only, because a command line can be read by others. */
export const targetOptions = {
  'target': optional(jsonOf(fleetTargetSchema, 'JSON such as {"kind":"broker","host":"broker.example","port":1883,"topic":"plant/{deviceName}/up"}, or {"kind":"local"}'), { about: 'Where its devices report: this platform (local), a cloud or any broker.', placeholder: 'JSON' }),
  'devices-file': optional(anyText, { about: 'CSV with ProductKey, DeviceName and DeviceSecret, as the cloud\'s console exports it: the devices of a cloud.', placeholder: 'CSV' }),
  'devices-product': optional(anyText, { about: 'The product key of a --devices-file without that column.', placeholder: 'PRODUCT_KEY' }),
  'password-file': optional(anyText, { about: 'File that holds the password for the broker.', placeholder: 'FILE' }),
  'password-env': optional(anyText, { about: 'Variable of the engine\'s environment that holds it when the fleet starts.', placeholder: 'NAME' }),
  'client-key-file': optional(anyText, { about: 'File that holds the key of the client certificate, PEM.', placeholder: 'FILE' }),
  'client-key-env': optional(anyText, { about: 'Variable of the engine\'s environment that holds it when the fleet starts.', placeholder: 'NAME' }),
}

/** Target and secrets of the options; what was not given is left out. Rejects with AppError file/unreadable. */
export async function readTarget(values: OptionValues<typeof targetOptions>): Promise<{ target?: FleetTarget, secrets?: TargetSecrets }> {
  const { target, 'devices-file': file, 'devices-product': productKey } = values
  if (productKey !== undefined && file === undefined)
    throw new UsageError('--devices-product goes with --devices-file only.')
  const password = await readSecret('password', values['password-file'], values['password-env'])
  const clientKey = await readSecret('client-key', values['client-key-file'], values['client-key-env'])
  const secrets: TargetSecrets = {
    ...password && { password },
    ...clientKey && { clientKey },
    ...file !== undefined && { devices: { csv: await readTextFile(file, limits.fleetDevicesCsvCharsMax), ...productKey !== undefined && { productKey } } },
  }
  return { ...target && { target }, ...Object.keys(secrets).length > 0 && { secrets } }
}

async function readSecret(word: string, file: string | undefined, environment: string | undefined): Promise<TargetSecret | undefined> {
  if (file !== undefined && environment !== undefined)
    throw new UsageError(`--${word}-file does not go with --${word}-env.`)
  if (environment !== undefined)
    return { environment }
  // Editors end a file with a line break, which no secret has.
  return file === undefined ? undefined : { text: (await readTextFile(file)).replace(/\r?\n$/, '') }
}
