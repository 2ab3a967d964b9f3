import type { FeatureHandlers } from '../../../src/engine/platform/feature.ts'
import type { TraceEntry } from '../../../src/engine/store/types.ts'
import type { UplinkContext } from '../../../src/engine/uplink.ts'
import { expect, it } from 'vitest'
import { JourneyTimes } from '../../../src/engine/journey-times.ts'
import { createUplink } from '../../../src/engine/uplink.ts'
import { VirtualClock } from '../../../src/shared/clock.ts'
import { silentLog } from '../../../src/shared/log.ts'
import { lamp } from '../../support/broker-devices.ts'

it('keeps and acknowledges a message on which a feature fails, with code 9399, and says in the log where', () => {
  const kept: TraceEntry[] = []
  const logged: unknown[] = []
  const handlers: FeatureHandlers = {
    'property.post': () => { throw new TypeError('Cannot convert object to primitive value') },
  }
  const uplink = createUplink({
    clock: new VirtualClock(),
    log: { ...silentLog, error: (message: string, fields: unknown) => logged.push([message, fields]) },
    handlers,
    trace: { keep: (entry: TraceEntry, options: { onCommitted?: () => void } = {}) => {
      options.onCommitted?.()
      return kept.push(entry)
    } },
    live: { isWatched: () => false },
    faults: { isOn: false },
    times: new JourneyTimes(() => 1),
    downlink: { send: () => { throw new Error('there is nothing to answer') } },
  } as unknown as UplinkContext)
  let isAcknowledged = false
  const topic = `/sys/${lamp.productKey}/${lamp.deviceName}/thing/event/property/post`
  uplink.onPublish({ device: lamp } as never, { topic, payload: new Uint8Array([1]), qos: 1, packetId: 1, dup: false, retain: false }, null, () => { isAcknowledged = true })
  expect(isAcknowledged).toBe(true)
  expect(kept).toMatchObject([{ topic, code: 9399, detail: expect.stringContaining('fault of Thingbench') }])
  expect(logged).toMatchObject([['a message of a device could not be judged', { topic, error: expect.stringContaining('TypeError') }]])
  expect(uplink.totals()).toEqual({ up: 1, refused: 1 })
})
