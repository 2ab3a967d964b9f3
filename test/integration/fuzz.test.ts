import { expect, it } from 'vitest'
import { runFuzz } from '../fuzz/run-fuzz.ts'
import { tempFolder } from '../support/temp-folder.ts'

it('takes twenty thousand packets that no device should send, and healthy devices notice nothing', async () => {
  const report = await runFuzz({ packets: 20_000, seed: 7, dir: tempFolder() })
  expect(report.findings).toEqual([])
  expect(report.packets).toBeGreaterThanOrEqual(20_000)
  // Most of what was sent got as far as the platform: a fuzzer whose connections end at once proves little.
  expect(report.after.messagesUp).toBeGreaterThan(10_000)
  expect(report.after.refused).toBeGreaterThan(1_000)
  expect(report.probe.answered).toBe(report.probe.asked)
  expect(report.aftermath?.sessions).toBeLessThanOrEqual(64)
}, 180_000)
