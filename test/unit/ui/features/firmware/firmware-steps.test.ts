import type { Device } from '../../../../../src/shared/contract/device.ts'
import { describe, expect, it } from 'vitest'
import { firmwareSteps, noticeRow } from '../../../../../src/ui/features/firmware/firmware-steps.ts'

type Seen = Pick<Device, 'state' | 'activatedAt' | 'connection' | 'lastProblem' | 'lastOnlineAt'>
const unseen: Seen = { state: 'UNACTIVE', activatedAt: null, connection: null, lastProblem: null, lastOnlineAt: null }
const connection = { connectedAt: 1, remoteAddress: '127.0.0.1', clientId: 'a.b|securemode=3|', protocolVersion: 4 as const, transport: 'tcp' as const, keepaliveSec: 60, clean: true, simulated: null, gateway: null }
const online: Seen = { ...unseen, state: 'ONLINE', connection, lastOnlineAt: 5 }
const nothing = { subscribed: false, lastPostCode: undefined }
const states = (device: Seen, signs: Parameters<typeof firmwareSteps>[1] = nothing) => firmwareSteps(device, signs).map(step => step.state)

describe('the ladder of a board', () => {
  it('waits at its foot', () => {
    expect(states(unseen)).toEqual(['waiting', 'waiting', 'waiting', 'waiting', 'waiting'])
  })

  it('stands at the signature after a refused connection, with the code', () => {
    const refused = firmwareSteps({ ...unseen, lastProblem: { at: 9, code: 6287, message: 'signature wrong' } }, nothing)
    expect(refused[0]).toMatchObject({ name: 'connect', state: 'done' })
    expect(refused[1]).toEqual({ name: 'signature', state: 'failed', code: 6287 })
  })

  it('forgets a refusal that a login came after', () => {
    expect(states({ ...online, lastProblem: { at: 3, code: 6287, message: '' } }).slice(0, 2)).toEqual(['done', 'done'])
  })

  it('counts _ss=1 in the client id as asking for replies', () => {
    expect(states({ ...online, connection: { ...connection, clientId: 'a.b|securemode=3,_ss=1,lan=C|' } })[2]).toBe('done')
    expect(states(online)[2]).toBe('waiting')
  })

  it('is climbed when a report passed the check, and names the code of one that did not', () => {
    expect(states(online, { subscribed: true, lastPostCode: 200 })).toEqual(['done', 'done', 'done', 'done', 'done'])
    expect(firmwareSteps(online, { subscribed: true, lastPostCode: 6320 })[4]).toEqual({ name: 'check', state: 'failed', code: 6320 })
  })
})

it('reads the signs of a board from its messages', () => {
  const rows = [
    { direction: 'record' as const, topic: 'online', preview: '', code: 200 },
    { direction: 'record' as const, topic: 'subscribe', preview: '', code: 200 },
    { direction: 'up' as const, topic: '/sys/a/b/thing/event/property/post', preview: '', code: 6320 },
    { direction: 'down' as const, topic: '/sys/a/b/thing/event/property/post_reply', preview: '', code: 200 },
  ]
  expect(rows.reduce(noticeRow, nothing as Parameters<typeof noticeRow>[0])).toEqual({ subscribed: true, lastPostCode: 6320 })
})
