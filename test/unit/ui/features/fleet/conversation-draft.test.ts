import { describe, expect, it } from 'vitest'
import { defaultConversation, quietConversation } from '../../../../../src/shared/contract/fleet-conversation.ts'
import { emptyCondition } from '../../../../../src/ui/features/fleet/condition-draft.ts'
import { conversationDraft, conversationOf } from '../../../../../src/ui/features/fleet/conversation-draft.ts'

describe('the form of a conversation', () => {
  it('says what it was filled with when nothing is touched', () => {
    const scripted = { ...quietConversation.replies, mode: 'script' as const, script: 'function onCommand() {}' }
    const full = {
      ...defaultConversation,
      repliesOf: { 'sim-0002': { ...quietConversation.replies, mode: 'refuse' as const, code: 460 }, 'sim-0003': scripted },
      events: { perHour: 3, ratesPerHour: { Overheat: 0 }, conditions: { Overheat: { when: 'T > 30', afterSec: 5, everySec: 60, mode: 'while' as const, utcOffsetMin: 60 } } },
      subscriptions: ['/{productKey}/{deviceName}/user/get'],
      subDevices: { productKey: 'a1Meter', perGateway: 4, register: true },
    }
    for (const conversation of [quietConversation, defaultConversation, full])
      expect(conversationOf(conversationDraft(conversation), conversation)).toEqual({ ok: true, conversation })
  })

  it('finds conditions that are no expressions', () => {
    const draft = { ...conversationDraft(quietConversation), conditions: { Overheat: { ...emptyCondition, when: 'T >' } } }
    expect(conversationOf(draft, quietConversation)).toEqual({ ok: false, wrong: ['conditions'] })
  })

  it('reads exceptions and tags line by line', () => {
    const draft = { ...conversationDraft(quietConversation), exceptions: ' sim-0001  silent\n\nsim-0002 refuse:100001 ', tags: 'floor = 1|2\nowner=x=y' }
    expect(conversationOf(draft, quietConversation)).toMatchObject({
      ok: true,
      conversation: { repliesOf: { 'sim-0001': { mode: 'silent' }, 'sim-0002': { mode: 'refuse', code: 100_001 } }, tags: { floor: '1|2', owner: 'x=y' } },
    })
  })

  it.each([
    [{ exceptions: 'sim-0001 dance' }, ['exceptions']],
    [{ exceptions: 'sim-0001 refuse' }, ['exceptions']],
    [{ exceptions: 'sim-0001 script' }, ['exceptions']],
    [{ tags: 'floor' }, ['tags']],
    [{ tags: 'my_floor=1' }, ['tags']],
    [{ code: null }, ['code']],
    [{ delayMsMax: null }, ['delay']],
    [{ mode: 'script' as const, script: ' ' }, ['script']],
    [{ eventsPerHour: -1, logsPerHour: null, networkSec: 0.5 }, ['events', 'logs', 'network']],
    [{ subscriptions: Array.from({ length: 9 }, (_, at) => `/t/${at}`).join('\n') }, ['subscriptions']],
    [{ subProductKey: 'a1Meter', perGateway: null }, ['perGateway']],
  ])('names the field that is wrong in %j', (change, wrong) => {
    expect(conversationOf({ ...conversationDraft(quietConversation), ...change }, quietConversation)).toEqual({ ok: false, wrong })
  })
})
