import { expect, it } from 'vitest'
import { faultKinds, faultSchema } from '../../../../src/shared/contract/platform-fault.ts'
import { defaultFault, faultCommand, formatFault, parseFault } from '../../../../src/shared/faults/fault-text.ts'
import { faultPresetNames, faultPresets } from '../../../../src/shared/faults/presets.ts'

it('reads every fault as it writes it, and leaves out what is as usual', () => {
  for (const kind of faultKinds) {
    expect(formatFault(defaultFault(kind))).toBe(kind)
    expect(parseFault(kind)).toEqual(defaultFault(kind))
  }
  for (const wish of faultPresetNames.flatMap(name => faultPresets[name])) {
    const fault = faultSchema.parse(wish)
    expect(parseFault(formatFault(fault))).toEqual(fault)
  }
  expect(formatFault(faultSchema.parse({ kind: 'drop', share: 0.25, of: ['post', 'event'] }))).toBe('drop:share=0.25,of=post+event')
})

it('says what is wrong with a fault that cannot be read', () => {
  expect(parseFault('delya')).toContain('There is no fault "delya"; there are delay,')
  expect(parseFault('delay:minSec=3')).toContain('no number "minSec"; it has share, to, of, minMs, maxMs')
  expect(parseFault('wrongDigest:share=1')).toContain('it has none')
  expect(parseFault('drop:share=')).toContain('The fault drop cannot be so: share')
  expect(parseFault('drop:share=2')).toContain('share')
})

it('writes the command that does the same', () => {
  expect(faultCommand({ productKey: 'a1', deviceName: 'hall' }, [defaultFault('delay'), faultSchema.parse({ kind: 'refuse', code: 429 })], 7).join(' ')).toBe('fault set delay refuse:code=429 --product a1 --device hall --seed 7')
  expect(faultCommand({}, [defaultFault('kick')])).toEqual(['fault', 'set', 'kick'])
})
