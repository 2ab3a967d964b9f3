import type { Conditions } from '../../../../../src/engine/platform/ota-batch/selection.ts'
import { describe, expect, it } from 'vitest'
import { fulfils, phase } from '../../../../../src/engine/platform/ota-batch/selection.ts'

const full: Conditions = { sourceVersions: [], differentialFrom: null, targetVersion: '2.0', named: false }

describe('a device takes part in an update', () => {
  it.each<[string, Conditions, string | null, boolean]>([
    ['with any version when none is asked', full, '1.0', true],
    ['also when it never reported one', full, null, true],
    ['not when it has the target version', full, '2.0', false],
    ['with one of the source versions', { ...full, sourceVersions: ['1.0', '1.1'] }, '1.1', true],
    ['not with another one', { ...full, sourceVersions: ['1.0'] }, '1.2', false],
    ['not without one when one is asked', { ...full, sourceVersions: ['1.0'] }, null, false],
    ['when it is named, whatever it has', { ...full, sourceVersions: ['1.0'], named: true }, '0.9', true],
    ['not when it is named and has the target version', { ...full, named: true }, '2.0', false],
    ['with the version that a difference starts from', { ...full, differentialFrom: '1.0' }, '1.0', true],
    ['not with another one, even when named', { ...full, differentialFrom: '1.0', named: true }, '1.1', false],
    ['not without one when the package is a difference', { ...full, differentialFrom: '1.0' }, null, false],
  ])('%s', (_title, conditions, version, takesPart) => {
    expect(fulfils(conditions, version)).toBe(takesPart)
  })
})

describe('a phased batch', () => {
  const share = (of: { deviceName: string }[], percent: number, batchId = 'b1') => phase(of, percent, batchId, () => Promise.resolve())
  const devices = Array.from({ length: 1_000 }, (_, index) => ({ deviceName: `dev-${String(index).padStart(4, '0')}` }))

  it('takes the floor of its share, and the same devices again', async () => {
    expect(await share(devices.slice(0, 7), 50)).toHaveLength(3)
    expect(await share(devices, 0.05)).toHaveLength(0)
    expect(await share(devices, 29)).toHaveLength(290)
    expect(await share(devices.toReversed(), 10)).toEqual(await share(devices, 10))
  })

  it('takes the devices of a smaller share first, and others for another batch', async () => {
    expect((await share(devices, 20)).slice(0, 100)).toEqual(await share(devices, 10))
    expect(await share(devices, 10, 'b2')).not.toEqual(await share(devices, 10))
  })

  it('spreads over devices whose names differ only at the end', async () => {
    const taken = new Set((await share(devices, 50)).map(({ deviceName }) => deviceName))
    const inFirstHalf = devices.slice(0, 500).filter(({ deviceName }) => taken.has(deviceName)).length
    expect(inFirstHalf).toBeGreaterThan(200)
    expect(inFirstHalf).toBeLessThan(300)
  })
})
