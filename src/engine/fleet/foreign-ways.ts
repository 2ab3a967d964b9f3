import type { OutgoingMessage } from '../../shared/alink/property.ts'
import type { TemplateValues } from '../../shared/fleet-template.ts'
import type { JsonObject, JsonValue } from '../../shared/json.ts'
import type { WriteReport } from './device.ts'
import type { FleetDevice, FleetStart, ForeignWays } from './messages.ts'
import { fillTemplate } from '../../shared/fleet-template.ts'
import { encodeConnect, encodePlainConnect } from './connect-packet.ts'

/** CONNECT of the device at an index of this process: with its certificate, or as the broker's templates say. */
export function connectOf({ broker, version, foreign }: Pick<FleetStart, 'broker' | 'version' | 'foreign'>, device: FleetDevice, index: number): Uint8Array {
  return foreign?.login
    ? encodePlainConnect(filledLogin(foreign.login, device, foreign.firstIndex + index))
    : encodeConnect(device, { tls: broker.tls !== null, version })
}

/** The templates of CONNECT filled in for the device at an index of the fleet. */
function filledLogin({ clientId, username, password }: NonNullable<ForeignWays['login']>, device: FleetDevice, index: number): { clientId: string, username: string | null, password: string | null } {
  const values = identityValues(device, index)
  return {
    clientId: fillTemplate(clientId, values),
    username: username === null ? null : fillTemplate(username, values),
    password: password === null ? null : fillTemplate(password, values),
  }
}

/** What a device of this process subscribes to beside what the platform's devices do. */
export function foreignSubscriptions({ foreign }: Pick<FleetStart, 'foreign'>, device: FleetDevice, index: number): string[] {
  return foreign === undefined ? [] : foreign.subscriptions.map(filter => fillTemplate(filter, identityValues(device, foreign.firstIndex + index)))
}

/** Makes reports by the broker's templates; undefined where devices report as to the platform. `now` in epoch milliseconds. */
export function reportWriter({ foreign }: Pick<FleetStart, 'foreign'>, now: () => number): WriteReport | undefined {
  if (!foreign?.report)
    return undefined
  const { report: { topic, payload }, firstIndex } = foreign
  return (device, index, id, properties): OutgoingMessage => {
    const at = Math.floor(now())
    const values: TemplateValues = { ...identityValues(device, firstIndex + index), id, time: String(at), timeSec: String(Math.floor(at / 1000)), params: JSON.stringify(properties) }
    return {
      topic: fillTemplate(topic, { ...values, value: identifier => plainText(properties[identifier]) }),
      payload: fillTemplate(payload, { ...values, value: identifier => jsonText(properties, identifier) }),
    }
  }
}

/** `{index}` counts from 1, as the names of a fleet do. */
function identityValues({ productKey, deviceName }: FleetDevice, index: number): TemplateValues {
  return { productKey, deviceName, index: String(index + 1) }
}

/** A property that a device does not report is null. */
function jsonText(properties: JsonObject, identifier: string): string {
  return JSON.stringify(properties[identifier] ?? null)
}

/** A value as one level of a topic or less. */
function plainText(value: JsonValue | undefined): string {
  return (typeof value === 'string' ? value : JSON.stringify(value ?? null)).replace(/[/+#\0]/g, '_')
}
