import type { FaultWish, PlatformFault } from '../../../../src/shared/contract/platform-fault.ts'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../../src/engine/fleet/behaviour/random-streams.ts'
import { faultSchema } from '../../../../src/shared/contract/platform-fault.ts'
import { corrupt } from '../../../../src/shared/faults/corrupt.ts'
import { DeviceFaults, faultsFor } from '../../../../src/shared/faults/fault-plan.ts'
import { describeDown, messageKindOf } from '../../../../src/shared/faults/message-kind.ts'
import { wrongDigest } from '../../../../src/shared/faults/wrong-digest.ts'

function on(fault: FaultWish, place: { productKey?: string, deviceName?: string } = {}): PlatformFault {
  return { faultId: 'f', productKey: place.productKey ?? null, deviceName: place.deviceName ?? null, fault: faultSchema.parse(fault), seed: 9, since: 0, until: null, struck: 0, lastStruckAt: null }
}

const plan = (...faults: FaultWish[]): DeviceFaults => new DeviceFaults(faults.map(fault => on(fault)), one => createRandom(one.seed, `a/b ${one.fault.kind}`))
const reply = { about: 'post', isReply: true } as const
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (payload: Uint8Array): string => new TextDecoder().decode(payload)

describe('what goes wrong for a device', () => {
  it('strikes in the share that was asked for, and the same messages with the same seed', () => {
    const strikes = (): boolean[] => {
      const faults = plan({ kind: 'drop', share: 0.3 })
      return Array.from({ length: 2_000 }, () => faults.down(reply, bytes('{}'))?.isLost === true)
    }
    const first = strikes()
    expect(first.filter(Boolean).length / first.length).toBeCloseTo(0.3, 1)
    expect(strikes()).toEqual(first)
  })

  it('draws for each fault by itself, so that another one changes nothing for it', () => {
    const alone = plan({ kind: 'delay', minMs: 0, maxMs: 1_000 })
    const together = plan({ kind: 'delay', minMs: 0, maxMs: 1_000 }, { kind: 'duplicate', share: 0.5 })
    const held = (faults: DeviceFaults): (number | undefined)[] => Array.from({ length: 50 }, () => faults.down(reply, bytes('{}'))?.holdMs)
    expect(held(together)).toEqual(held(alone))
  })

  it('leaves alone what a fault is not about', () => {
    const faults = plan({ kind: 'delay', of: ['event'] }, { kind: 'duplicate', to: 'commands' })
    expect(faults.down(reply, bytes('{}'))).toBeNull()
    expect(faults.down({ about: 'event', isReply: true }, bytes('{}'))?.strikes.map(({ kind }) => kind)).toEqual(['delay'])
    expect(faults.down({ about: 'service', isReply: false }, bytes('{}'))?.isDoubled).toBe(true)
    expect(plan({ kind: 'refuse', of: ['event'] }).refusal('post')).toBeNull()
    expect(plan({ kind: 'refuse', code: 429 }).refusal('post')).toMatchObject({ code: 429 })
    expect(plan().withheldPuback()).toBeNull()
    expect(plan().refusedConnect()).toBeNull()
    expect(plan({ kind: 'refuseConnect', share: 0 }).refusedConnect()).toBeNull()
  })

  it('is for each kind the fault of the device, else of its product, else of everything', () => {
    const faults = [
      on({ kind: 'drop', share: 0.1 }),
      on({ kind: 'drop', share: 0.3 }, { productKey: 'a', deviceName: 'b' }),
      on({ kind: 'drop', share: 0.2 }, { productKey: 'a' }),
      on({ kind: 'delay' }, { productKey: 'other' }),
      on({ kind: 'kick' }),
    ]
    const held = (productKey: string, deviceName: string | null): string[] => faultsFor(faults, { productKey, deviceName }).map(({ fault }) => `${fault.kind} ${'share' in fault ? fault.share : ''}`.trim())
    expect(held('a', 'b')).toEqual(['drop 0.3', 'kick'])
    expect(held('a', 'c')).toEqual(['drop 0.2', 'kick'])
    expect(held('a', null)).toEqual(['drop 0.2', 'kick'])
    expect(held('z', 'b')).toEqual(['drop 0.1', 'kick'])
  })
})

describe('a corrupted reply', () => {
  const whole = '{"code":200,"data":{},"id":"129"}'
  const half = (): number => 0.5

  it('is cut off, or has one bit flipped, another id, or a code of another type', () => {
    expect(whole.startsWith(text(corrupt(bytes(whole), 'truncated', half).payload))).toBe(true)
    const { payload } = corrupt(bytes(whole), 'flipped', half)
    const different = [...payload].map((byte, at) => byte ^ bytes(whole)[at]!).filter(change => change !== 0)
    expect(different).toHaveLength(1)
    expect(Math.log2(different[0]!) % 1).toBe(0)
    expect(text(corrupt(bytes(whole), 'wrongId', half).payload)).toBe(whole.replace('129', '120'))
    expect(text(corrupt(bytes(whole), 'wrongCodeType', half).payload)).toBe(whole.replace('200', '"200"'))
    expect(text(corrupt(bytes(whole.replace('200', '"200"')), 'wrongCodeType', half).payload)).toBe(whole)
  })

  it('is cut off where it has no id or no code, stays empty where it was, and is never longer by a word of its own', () => {
    expect(corrupt(new Uint8Array([0, 255, 3, 4, 5]), 'wrongId', half).payload).toEqual(new Uint8Array([0, 255, 3]))
    expect(corrupt(new Uint8Array([0, 255, 3, 4, 5]), 'wrongCodeType', half).how).toContain('3 of 5')
    expect(corrupt(new Uint8Array(), 'flipped', half).payload).toHaveLength(0)
    expect(corrupt(bytes(whole), 'any', () => 0.99).how).toContain('type of its code')
  })
})

it('tells what messages are about by their topics, and answers from commands', () => {
  expect(['property.post', 'property.set', 'event.post', 'session.login', 'topo.add', 'ext.rrpc', 'log.configGet', 'model.get'].map(kind => messageKindOf(kind as never))).toEqual(['post', 'service', 'event', 'session', 'topology', 'service', 'log', 'other'])
  expect(describeDown('/sys/a/b/thing/event/property/post_reply')).toEqual({ about: 'post', isReply: true })
  expect(describeDown('/sys/a/b/thing/service/property/set')).toEqual({ about: 'service', isReply: false })
  expect(describeDown('/shadow/get/a/b')).toEqual({ about: 'shadow', isReply: true })
  expect(describeDown('/ota/device/upgrade/a/b')).toEqual({ about: 'ota', isReply: false })
  expect(describeDown('/a/b/user/get')).toEqual({ about: 'custom', isReply: false })
})

it('makes a wrong digest of the same form', () => {
  expect([wrongDigest('0abc'), wrongDigest('fabc')]).toEqual(['1abc', '0abc'])
})
