import type { Conversation as Settings } from '../../../../../src/shared/contract/fleet-conversation.ts'
import type { ThingModel } from '../../../../../src/shared/thing-model/types.ts'
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileBehaviours } from '../../../../../src/engine/fleet/behaviour/behaviour-plan.ts'
import { Conversation } from '../../../../../src/engine/fleet/conversation/conversation.ts'
import { Later } from '../../../../../src/engine/fleet/conversation/later.ts'
import { Devices } from '../../../../../src/engine/fleet/device.ts'
import { parseTopic } from '../../../../../src/shared/alink/topic.ts'
import { VirtualClock } from '../../../../../src/shared/clock.ts'
import { noConversation, quietConversation } from '../../../../../src/shared/contract/fleet-conversation.ts'
import { parseThingModel } from '../../../../../src/shared/thing-model/parse.ts'
import { talkingModel } from '../../../../support/talking-product.ts'

const model = parseThingModel(JSON.stringify(talkingModel)).model as ThingModel
const root = '/sys/pk/lamp-1'
const accept = quietConversation.replies

/** Devices that talk to nobody: what they say is written down. */
function createTalk(change: Partial<Settings> = {}, { names = ['lamp-1'], seed = 1 } = {}) {
  const clock = new VirtualClock()
  const devices = new Devices(seed, compileBehaviours(model, {}))
  devices.add(names.map(deviceName => ({ productKey: 'pk', deviceName, deviceSecret: '' })))
  const said: { topic: string, payload: string, manner: string }[] = []
  const problems: string[] = []
  const counts = noConversation()
  const offline = new Set<number>()
  const later = new Later()
  const settings = { ...quietConversation, ...change }
  const conversation = new Conversation(settings, model, {
    clock,
    seed,
    devices,
    isOnline: index => !offline.has(index),
    elapsedMs: () => 0,
    send(_index, { topic, payload }, manner) {
      said.push({ topic, payload: Buffer.from(payload as string).toString(), manner })
      return true
    },
    tally: (name, by) => { counts[name] += by },
    later: (dueAt, run) => later.add(dueAt, run),
    runScript: async () => ({ value: null, problem: null, logs: [], elapsedMs: 0 }),
    onProblem: cause => problems.push(cause),
  })
  return {
    clock,
    devices,
    said,
    problems,
    counts,
    offline,
    conversation,
    settings,
    hear: (topic: string, payload: string) => conversation.received(0, parseTopic(topic), topic, Buffer.from(payload)),
    /** Lets the time pass, a second at a time. */
    pass(sec: number) {
      for (let second = 0; second < sec; second++) {
        clock.advance(1_000)
        later.run(clock.now(), 100)
        conversation.tick(clock.now())
      }
    },
    spoken: () => said.splice(0).map(({ topic, payload }) => `${topic.replace(root, '')} ${payload}`),
  }
}

describe('a device that is told something', () => {
  it('sets properties: the answer first, then the report', () => {
    const talk = createTalk()
    talk.hear(`${root}/thing/service/property/set`, '{"method":"thing.service.property.set","id":"884215097","params":{"Brightness":80},"version":"1.0.0"}')
    expect(talk.spoken()).toEqual([
      '/thing/service/property/set_reply {"id":"884215097","code":200,"data":{}}',
      '/thing/event/property/post {"id":"1","version":"1.0","sys":{"ack":1},"params":{"Brightness":80},"method":"thing.event.property.post"}',
    ])
    expect(JSON.parse(talk.devices.report(0, 0)!.payload).params.Brightness).toBe(80)
    expect(talk.counts).toMatchObject({ commands: 1, answered: 1 })
  })

  it('answers 460 to what its thing model does not allow, and echoes the id as it came', () => {
    const talk = createTalk()
    for (const params of ['{"Brightness":101}', '{"Uptime":1}', '{"Colour":"red"}', '{}', '[]', 'null'])
      talk.hear(`${root}/thing/service/property/set`, `{"id":7,"params":${params}}`)
    talk.hear(`${root}/thing/service/Blink`, '{"id":"8","params":{}}')
    talk.hear(`${root}/thing/service/Dance`, '{"id":"9","params":{}}')
    expect(talk.spoken()).toEqual([
      ...Array.from({ length: 6 }).fill('/thing/service/property/set_reply {"id":7,"code":460,"data":{}}'),
      '/thing/service/Blink_reply {"id":"8","code":460,"data":{}}',
      '/thing/service/Dance_reply {"id":"9","code":460,"data":{}}',
    ])
  })

  it('gives the properties it is asked for without moving on', () => {
    const talk = createTalk()
    talk.devices.hold(0, { Brightness: 5 })
    talk.hear(`${root}/thing/service/property/get`, '{"id":"1","params":["Brightness","Nothing"]}')
    expect(talk.spoken()).toEqual(['/thing/service/property/get_reply {"id":"1","code":200,"data":{"Brightness":5}}'])
    const untouched = createTalk()
    untouched.devices.hold(0, { Brightness: 5 })
    expect(JSON.parse(talk.devices.report(0, 0)!.payload).params).toEqual(JSON.parse(untouched.devices.report(0, 0)!.payload).params)
  })

  it('answers synchronous services where they came from, with QoS 0', () => {
    const talk = createTalk()
    const call = '{"method":"thing.service.Prime","id":"5","params":{"Speed":10},"version":"1.0.0"}'
    talk.hear(`/ext/rrpc/77${root}/thing/service/Prime`, call)
    talk.hear(`${root}/rrpc/request/78`, call)
    expect(talk.said.map(({ topic, manner }) => [topic, manner])).toEqual([
      [`/ext/rrpc/77${root}/thing/service/Prime`, 'instant'],
      [`${root}/rrpc/response/78`, 'instant'],
    ])
    expect(talk.said.every(({ payload }) => /^\{"id":"5","code":200,"data":\{"Took":\d+\}\}$/.test(payload))).toBe(true)
  })

  it('sends no answer when none is wanted, but does what it is told', () => {
    const talk = createTalk()
    talk.hear(`${root}/thing/service/property/set`, '{"id":"1","sys":{"ack":0},"params":{"Brightness":3}}')
    expect(talk.said.map(({ topic }) => topic)).toEqual([`${root}/thing/event/property/post`])
  })

  it.each([
    ['refuse', ['{"id":"41","code":100007,"data":{}}'], false],
    ['silent', [], false],
    ['twice', ['{"id":"41","code":200,"data":{}}', '{"id":"41","code":200,"data":{}}'], true],
    ['wrong-id', ['{"id":"42","code":200,"data":{}}'], true],
  ] as const)('in the mode %s answers %j', (mode, answers, isSet) => {
    const talk = createTalk({ replies: { ...accept, mode, code: 100_007 } })
    talk.hear(`${root}/thing/service/property/set`, '{"id":"41","params":{"Brightness":3}}')
    expect(talk.said.filter(({ topic }) => topic.endsWith('set_reply')).map(({ payload }) => payload)).toEqual(answers)
    expect(talk.said.some(({ topic }) => topic.endsWith('property/post'))).toBe(isSet)
  })

  it('takes a command up after its delay, and not at all when it is away by then', () => {
    const talk = createTalk({ replies: { ...accept, delayMsMin: 3_000, delayMsMax: 3_000 } })
    const set = () => talk.hear(`${root}/thing/service/property/set`, '{"id":"1","params":{"Brightness":3}}')
    set()
    talk.pass(2)
    expect(talk.spoken()).toEqual([])
    talk.pass(1)
    expect(talk.spoken()).toHaveLength(2)
    set()
    talk.offline.add(0)
    talk.pass(4)
    expect(talk.spoken()).toEqual([])
  })

  it('survives whatever comes, on every topic', () => {
    const topic = fc.constantFrom('thing/service/property/set', 'thing/service/property/get', 'thing/service/Blink', 'thing/property/desired/get_reply', 'thing/config/log/get_reply', 'thing/config/log/push', 'rrpc/request/1', 'broadcast/request/1')
    fc.assert(fc.property(topic, fc.oneof(fc.json(), fc.string(), fc.json().map(params => `{"id":"1","code":200,"params":${params},"data":${params},"method":"thing.service.Blink"}`)), (path, payload) => {
      createTalk({ desired: true }).hear(`${root}/${path}`, payload)
    }))
    createTalk().hear('/ext/ntp/pk/lamp-1/response', 'x')
  })

  it('survives lists and objects where a number belongs, in what is no number by itself', () => {
    const talk = createTalk({ logs: { perHour: 1, level: 'INFO', obeySwitch: true }, ntp: true })
    const noNumber = '[{"toString":null}]'
    talk.hear(`${root}/thing/config/log/push`, `{"id":"1","params":{"content":{"mode":${noNumber}}}}`)
    talk.hear(`${root}/thing/config/log/get_reply`, `{"id":"1","code":200,"data":{"content":{"mode":${noNumber}}}}`)
    talk.hear('/ext/ntp/pk/lamp-1/response', `{"deviceSendTime":${noNumber},"serverRecvTime":"1","serverSendTime":"1"}`)
    expect(talk.problems).toEqual(['the answer to a question for the time cannot be read'])
  })
})

describe('a device that speaks by itself', () => {
  const lively: Partial<Settings> = {
    events: { perHour: 60, ratesPerHour: { Broken: 0 }, conditions: {} },
    logs: { perHour: 120, level: 'INFO', obeySwitch: false },
    networkStatus: { everySec: 60, quality: 'poor' },
    tags: { floor: '1|2|3' },
    ntp: true,
    desired: true,
  }

  it('says the same in every run with the same seed, whoever else takes part', () => {
    const run = (seed: number, names: string[]) => {
      const talk = createTalk(lively, { seed, names })
      names.forEach((_, index) => talk.conversation.online(index))
      talk.pass(600)
      return talk.said.filter(({ topic }) => topic.includes('/lamp-1')).map(({ topic, payload }) => `${topic} ${payload}`)
    }
    const alone = run(1, ['lamp-1'])
    expect(alone.length).toBeGreaterThan(30)
    expect(run(1, ['lamp-1', 'lamp-2'])).toEqual(alone)
    expect(run(2, ['lamp-1'])).not.toEqual(alone)
  })

  it('goes on as it would have when its link is lost for a while', () => {
    const run = (isLost: boolean) => {
      const talk = createTalk(lively)
      talk.conversation.online(0)
      talk.pass(100)
      if (isLost)
        talk.offline.add(0)
      talk.pass(100)
      talk.offline.clear()
      talk.said.length = 0
      talk.pass(300)
      return talk.said.map(({ topic, payload }) => `${topic} ${payload.replace(/"id":"\d+"/, '')}`)
    }
    expect(run(true)).toEqual(run(false))
  })

  it('greets the platform: desired values, time, and its tags only the first time', () => {
    const talk = createTalk({ ...lively, logs: { perHour: 1, level: 'INFO', obeySwitch: true } })
    talk.conversation.online(0)
    expect(talk.spoken().map(line => line.replace(/(deviceSendTime":")\d+/, '$1…'))).toEqual([
      '/thing/property/desired/get {"id":"1","version":"1.0","sys":{"ack":1},"params":["Brightness","Level","Serial","Label"],"method":"thing.property.desired.get"}',
      '/ext/ntp/pk/lamp-1/request {"deviceSendTime":"…"}',
      '/thing/config/log/get {"id":"2","version":"1.0","sys":{"ack":1},"params":{"configScope":"device","getType":"content"},"method":"thing.config.log.get"}',
      expect.stringMatching(/^\/thing\/deviceinfo\/update .*"attrKey":"floor","attrValue":"[123]"/),
    ])
    talk.conversation.online(0)
    expect(talk.spoken().some(line => line.includes('deviceinfo'))).toBe(false)
  })

  it('takes over the desired values that fit, reports them, and deletes just these versions', () => {
    const talk = createTalk({ desired: true })
    talk.hear(`${root}/thing/property/desired/get_reply`, '{"code":200,"data":{"Brightness":{"value":64,"version":3},"Level":{"value":99,"version":1}},"id":"1","message":"success","method":"thing.property.desired.get","version":"1.0"}')
    expect(talk.spoken()).toEqual([
      '/thing/event/property/post {"id":"1","version":"1.0","sys":{"ack":1},"params":{"Brightness":64},"method":"thing.event.property.post"}',
      '/thing/property/desired/delete {"id":"2","version":"1.0","sys":{"ack":1},"params":{"Brightness":{"version":3}},"method":"thing.property.desired.delete"}',
    ])
    expect(talk.problems).toEqual(['a desired value does not fit the thing model and was left'])
    expect(talk.counts.desiredApplied).toBe(1)
  })

  it('reports its log only while it is told to', () => {
    const talk = createTalk({ logs: { perHour: 3_600, level: 'DEBUG', obeySwitch: true } })
    const linesIn = (sec: number) => {
      const before = talk.counts.logLines
      talk.pass(sec)
      return talk.counts.logLines - before
    }
    talk.conversation.online(0)
    expect(linesIn(60)).toBe(0)
    talk.hear(`${root}/thing/config/log/get_reply`, '{"code":200,"data":{"content":{"mode":1},"getType":"content"},"id":"130"}')
    expect(linesIn(60)).toBeGreaterThan(20)
    talk.hear(`${root}/thing/config/log/push`, '{"id":"3300","version":"1.0","params":{"content":{"mode":0},"getType":"content"},"method":"thing.config.log.push"}')
    expect(linesIn(60)).toBe(0)
  })

  it('sets its clock by the platform\'s', () => {
    const talk = createTalk({ ntp: true, networkStatus: { everySec: 10, quality: 'good' } })
    talk.conversation.online(0)
    const now = talk.clock.now()
    talk.hear('/ext/ntp/pk/lamp-1/response', `{"deviceSendTime":"${now}","serverRecvTime":"${now + 3_600_000}","serverSendTime":"${now + 3_600_000}"}`)
    talk.pass(20)
    const { params } = JSON.parse(talk.said.at(-1)!.payload)
    expect(params.p._time - talk.clock.now()).toBeGreaterThan(3_500_000)
    expect(talk.counts.clockAnswers).toBe(1)
  })

  it('plans anew when its settings change, and stops what is switched off', () => {
    const talk = createTalk(lively)
    talk.conversation.online(0)
    talk.pass(60)
    talk.conversation.update({ ...talk.settings, ...quietConversation, events: { perHour: 3_600, ratesPerHour: {}, conditions: {} } }, model)
    talk.said.length = 0
    talk.pass(60)
    expect(new Set(talk.said.map(({ topic }) => topic))).toEqual(new Set([`${root}/thing/event/Overheat/post`, `${root}/thing/event/Broken/post`]))
  })

  it('counts broadcasts and what comes on custom topics', () => {
    const talk = createTalk()
    talk.hear(`${root}/broadcast/request/1`, 'hello')
    talk.hear('/broadcast/pk/all', 'hello')
    talk.hear('/pk/lamp-1/user/get', 'hello')
    expect(talk.counts).toMatchObject({ broadcasts: 2, customMessages: 1, commands: 0 })
  })
})
