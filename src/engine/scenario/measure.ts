import type { Check } from '../../shared/scenario/checks.ts'
import type { RunFigures, RunSample } from '../../shared/scenario/figures.ts'
import type { Bench, BenchGroup } from './types.ts'

const pageMax = 1_000

/** The versions that expectations look at: module and version, of a group or of all. */
export type VersionWish = Pick<Check, 'group'> & { module: string, version: string }

/** Which versions have to be counted for some expectations. */
export function versionsOf(checks: readonly Check[]): VersionWish[] {
  return checks.flatMap(({ figure, group }) => figure.kind === 'version' ? [{ group, module: figure.module, version: figure.version }] : [])
}

/** The figures of a group; null: of all groups together. */
export async function measure(bench: Bench, group: string | null, wishes: readonly VersionWish[]): Promise<RunFigures> {
  const groups = group === null ? [...bench.groups.values()] : [bench.groups.get(group)!]
  const summary = await bench.call('fleet.summary', { fleetIds: groups.map(({ fleetId }) => fleetId) })
  const versions: Record<string, number> = {}
  for (const { module, version } of wishes.filter(wish => wish.group === group))
    versions[`${module} ${version}`] ??= await countVersion(bench, groups, module, version)
  return {
    devices: groups.reduce((sum, { deviceNames }) => sum + deviceNames.length, 0),
    online: summary.connected,
    connected: summary.everConnected,
    published: summary.published,
    acknowledged: summary.acknowledged,
    lost: summary.lost,
    replied: summary.replied,
    refused: summary.repliedRefused,
    skipped: summary.skipped,
    replyMs: summary.replyMs,
    pubackMs: summary.latencyMs,
    latenessMs: summary.latenessMs,
    causes: summary.errors,
    versions,
  }
}

async function countVersion({ call }: Bench, groups: readonly BenchGroup[], module: string, version: string): Promise<number> {
  let count = 0
  for (const productKey of new Set(groups.map(group => group.productKey))) {
    const own = new Set(groups.flatMap(group => group.productKey === productKey ? group.deviceNames : []))
    for (let offset = 0; ; offset += pageMax) {
      const { devices } = await call('otaStatistics.versionDevices', { productKey, module, version, offset, limit: pageMax })
      count += devices.filter(({ deviceName }) => own.has(deviceName)).length
      if (devices.length < pageMax)
        break
    }
  }
  return count
}

/** A point of the plots, and the sentences of fleets that have failed. */
export async function takeSample({ call, groups }: Bench, atMs: number, before: RunSample | undefined): Promise<{ sample: RunSample, problems: string[] }> {
  const own = new Set([...groups.values()].map(({ fleetId }) => fleetId))
  const fleets = (await call('fleet.list', {})).filter(({ fleetId }) => own.has(fleetId))
  const busy = fleets.filter(({ stats }) => stats.published > 0)
  const published = fleets.reduce((sum, { stats }) => sum + stats.published, 0)
  const sinceMs = atMs - (before?.atMs ?? 0)
  return {
    sample: {
      atMs,
      online: fleets.reduce((sum, { stats }) => sum + stats.connected, 0),
      published,
      publishedPerSec: sinceMs <= 0 ? 0 : Math.max(0, published - (before?.published ?? 0)) * 1000 / sinceMs,
      // Of several fleets, the slowest: percentiles cannot be added.
      replyP99Ms: Math.max(0, ...busy.map(({ stats }) => stats.replyMs.p99)),
      pubackP99Ms: Math.max(0, ...busy.map(({ stats }) => stats.latencyMs.p99)),
    },
    problems: fleets.flatMap(({ name, problem }) => problem === null ? [] : [`${name}: ${problem}`]),
  }
}
