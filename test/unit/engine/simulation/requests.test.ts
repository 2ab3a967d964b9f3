import type { PerformContext } from '../../../../src/engine/simulation/requests.ts'
import type { SeatCommand } from '../../../../src/engine/simulation/types.ts'
import { expect, it } from 'vitest'
import { perform, Requests } from '../../../../src/engine/simulation/requests.ts'
import { defaultAnswers } from '../../../../src/shared/contract/device-simulation.ts'
import { limits } from '../../../../src/shared/limits.ts'
import { compileThingModel } from '../../../../src/shared/thing-model/compile.ts'

const model = compileThingModel({
  profile: {},
  properties: [{ identifier: 'Level', name: 'Level', accessMode: 'rw', required: false, dataType: { type: 'int', min: 0, max: 10 } }],
  events: [],
  services: [{ identifier: 'Blink', name: 'Blink', callType: 'sync', required: false, inputData: [{ identifier: 'Times', name: 'Times', dataType: { type: 'int', min: 1, max: 5 } }], outputData: [] }],
})
const context: PerformContext = { model, answers: defaultAnswers, values: { Level: 3 }, drawOutput: (service, given) => ({ service, given }) }

it('takes over what is set when it fits, and answers 460 when it does not', () => {
  expect(perform({ kind: 'set', params: { Level: 7 } }, context)).toEqual({ code: 200, data: {}, changed: { Level: 7 } })
  for (const params of [{ Level: 11 }, { Other: 1 }, {}, [], undefined])
    expect(perform({ kind: 'set', params }, context)).toEqual({ code: 460, data: {} })
})

it('gives back the values that it has, and leaves out the others', () => {
  expect(perform({ kind: 'get', params: ['Level', 'Other', 'toString'] }, context)).toEqual({ code: 200, data: { Level: 3 } })
  expect(perform({ kind: 'get', params: { Level: 1 } }, context)).toEqual({ code: 460, data: {} })
})

it('answers a service as was chosen whatever its input is, or makes its output up for an input that fits', () => {
  expect(perform({ kind: 'service', key: 'Blink', params: { Times: 2 } }, context)).toEqual({ code: 200, data: { service: 'Blink', given: { Times: 2 } } })
  expect(perform({ kind: 'service', key: 'Blink', params: { Times: 9 } }, context)).toEqual({ code: 460, data: {} })
  const answers = { ...defaultAnswers, services: { Blink: { code: 5001, data: { Why: 'no' } } } }
  expect(perform({ kind: 'service', key: 'Blink', params: { Times: 9 } }, { ...context, answers })).toEqual({ code: 5001, data: { Why: 'no' } })
})

it('lets requests that are over go before those that wait', () => {
  const command: SeatCommand = { wish: { kind: 'get', params: [] }, idText: '"1"', replyTopic: '/r', isRrpc: false, wantsReply: true }
  const requests = new Requests()
  const first = requests.add(0, '/t', command, Buffer.from('{}'))
  const second = requests.add(0, '/t', command, Buffer.from('{}'))
  requests.answered(second, 1, 200, {})
  for (let more = 2; more <= limits.seatRequestsMax; more++)
    requests.add(0, '/t', command, Buffer.from('{}'))
  expect(requests.list()).toHaveLength(limits.seatRequestsMax)
  expect(requests.commandOf(first)).toBe(command)
  expect(() => requests.commandOf(second)).toThrow('no request')
})
