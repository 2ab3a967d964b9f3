import type { ScenarioAction } from './actions.ts'
import type { Check } from './checks.ts'
import type { Finding } from './issue-words.ts'
import type { Path } from './place.ts'
import { closestWord } from '../closest-word.ts'
import { limits } from '../limits.ts'
import { wordOf } from './actions.ts'
import { formatDuration, readDuration } from './quantities.ts'

type Raw = Record<string, unknown>

/** What parts of a scenario say of each other: names of groups and products, times beyond the end, devices that two groups would share. Reads what it can of a file that has other problems. */
export function crossFindings(raw: Raw, timeline: readonly { action: ScenarioAction, index: number }[], checks: readonly { check: Check, index: number }[]): Finding[] {
  const products = Object.keys(objectOf(raw.products))
  const groups = objectOf(raw.groups)
  const groupNames = Object.keys(groups)
  const durationMs = typeof raw.duration === 'string' ? readDuration(raw.duration) : undefined
  const findings: Finding[] = []
  const requireName = (what: 'product' | 'group', value: unknown, path: Path): void => {
    const known = what === 'product' ? products : groupNames
    // A list that is not there, or no text, is told elsewhere.
    if (typeof value !== 'string' || known.length === 0 || known.includes(value))
      return
    const near = closestWord(value, known)
    findings.push({ path, message: `there is no ${what} ${JSON.stringify(value)}; ${near === undefined ? `there are ${known.slice(0, 20).join(', ')}` : `did you mean ${JSON.stringify(near)}?`}`, onKey: false })
  }
  const requireTime = (ms: number, path: Path): void => {
    if (durationMs !== undefined && ms > durationMs)
      findings.push({ path, message: `expected a time within the run, which lasts ${formatDuration(durationMs)}, got ${formatDuration(ms)}`, onKey: false })
  }

  for (const [group, value] of Object.entries(groups)) {
    const { product, subDevices } = objectOf(value)
    requireName('product', product, ['groups', group, 'product'])
    const { product: subProduct } = objectOf(subDevices)
    requireName('product', subProduct, ['groups', group, 'subDevices', 'product'])
    const sub = objectOf(raw.products)[String(subProduct)]
    if (subDevices !== undefined && sub !== undefined && objectOf(sub).node !== 'sub-device')
      findings.push({ path: ['groups', group, 'subDevices', 'product'], message: `expected a product with "node: sub-device", got ${JSON.stringify(subProduct)}`, onKey: false })
    const own = objectOf(raw.products)[String(product)]
    if (subDevices !== undefined && own !== undefined && objectOf(own).node !== 'gateway')
      findings.push({ path: ['groups', group, 'product'], message: `expected a product with "node: gateway" for devices that bring sub-devices, got ${JSON.stringify(product)}`, onKey: false })
    else if (own !== undefined && objectOf(own).node === 'sub-device')
      findings.push({ path: ['groups', group, 'product'], message: 'expected a product whose devices connect by themselves, got one with "node: sub-device"', onKey: false })
  }
  findings.push(...samePrefixes(groups), ...tooManyDevices(groups))

  for (const { action, index } of timeline) {
    const word = wordOf(action)
    const path = (key: string): Path => ['timeline', index, key]
    requireTime(action.at, path('at'))
    if (word === 'pushConfig')
      requireName('product', (action as Raw)[word], path(word))
    else if (word !== 'fault' && word !== 'clearFaults' && word !== 'note')
      requireName('group', (action as Raw)[word], path(word))
    if ('fault' in action) {
      requireName('product', action.product, path('product'))
      requireName('group', action.group, path('group'))
      if (action.product !== undefined && action.group !== undefined)
        findings.push({ path: path('group'), message: 'expected a product or a group, got both', onKey: true })
      if (action.share !== undefined && action.group === undefined)
        findings.push({ path: path('share'), message: 'expected a group of which this is a share', onKey: true })
    }
  }
  for (const { check, index } of checks) {
    if (check.group !== null)
      requireName('group', check.group, ['expect', index])
    if (check.byMs !== null)
      requireTime(check.byMs, ['expect', index])
  }
  return findings
}

/** Two groups of one product whose devices would have the same names. */
function samePrefixes(groups: Raw): Finding[] {
  const owners = new Map<string, string>()
  return Object.entries(groups).flatMap(([group, value]): Finding[] => {
    const { product, prefix = group } = objectOf(value)
    const key = JSON.stringify([product, prefix])
    const owner = owners.get(key)
    if (owner === undefined)
      owners.set(key, group)
    return owner === undefined
      ? []
      : [{ path: ['groups', group, 'prefix'], message: `expected another prefix than that of ${JSON.stringify(owner)}, which has devices of the same product`, onKey: false }]
  })
}

function tooManyDevices(groups: Raw): Finding[] {
  const total = Object.values(groups).reduce<number>((sum, group) => sum + Number(objectOf(group).count ?? 0), 0)
  return total > limits.fleetDevicesMax
    ? [{ path: ['groups'], message: `expected at most ${limits.fleetDevicesMax} devices in all groups together, got ${total}`, onKey: true }]
    : []
}

function objectOf(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Raw : {}
}
