import type { Fault, FaultKind, FaultScope } from '../contract/platform-fault.ts'
import { faultKinds, faultSchema } from '../contract/platform-fault.ts'

/** A fault of a kind with the numbers it has when none is said. */
export function defaultFault<Kind extends FaultKind>(kind: Kind): Extract<Fault, { kind: Kind }> {
  return faultSchema.parse({ kind }) as Extract<Fault, { kind: Kind }>
}

/**
 * Reads a fault as it is written on the command line: its kind, and after a colon the numbers that are not as usual, such as
 * `delay:share=0.3,minMs=200,of=post+event`. Gives a sentence when it cannot be read.
 */
export function parseFault(text: string): Fault | string {
  const [kind = '', rest = ''] = splitOnce(text, ':')
  if (!faultKinds.includes(kind as FaultKind))
    return `There is no fault ${JSON.stringify(kind)}; there are ${faultKinds.join(', ')}.`
  const wish: Record<string, unknown> = { kind }
  const usual: Record<string, unknown> = defaultFault(kind as FaultKind)
  for (const part of rest === '' ? [] : rest.split(',')) {
    const [name = '', value = ''] = splitOnce(part, '=')
    const was = usual[name]
    if (name === 'kind' || was === undefined)
      return `The fault ${kind} has no number ${JSON.stringify(name)}; it has ${Object.keys(usual).filter(one => one !== 'kind').join(', ') || 'none'}.`
    wish[name] = typeof was === 'number' ? Number(value === '' ? Number.NaN : value) : Array.isArray(was) ? value.split('+').filter(Boolean) : value
  }
  const read = faultSchema.safeParse(wish)
  if (read.success)
    return read.data
  const [issue] = read.error.issues
  return `The fault ${kind} cannot be so: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`
}

/** Writes a fault so that {@link parseFault} reads it; what is as usual is left out. */
export function formatFault(fault: Fault): string {
  const usual: Record<string, unknown> = defaultFault(fault.kind)
  const parts = Object.entries(fault)
    .filter(([name, value]) => name !== 'kind' && JSON.stringify(value) !== JSON.stringify(usual[name]))
    .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join('+') : String(value)}`)
  return parts.length === 0 ? fault.kind : `${fault.kind}:${parts.join(',')}`
}

/** The words after `thingbench` that turn faults on as they are. */
export function faultCommand({ productKey, deviceName }: FaultScope, faults: readonly Fault[], seed?: number): string[] {
  return ['fault', 'set', ...faults.map(formatFault), ...(productKey === undefined ? [] : ['--product', productKey]), ...(deviceName === undefined ? [] : ['--device', deviceName]), ...(seed === undefined ? [] : ['--seed', String(seed)])]
}

function splitOnce(text: string, by: string): [string, string] {
  const at = text.indexOf(by)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
