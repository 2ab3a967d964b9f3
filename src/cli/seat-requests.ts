import type { SeatAnswers, SeatRequest } from '../shared/contract/device-simulation.ts'
import type { Output } from './output.ts'
import { answerModes } from '../shared/contract/device-simulation.ts'
import { isJsonObject } from '../shared/json.ts'
import { command, UsageError } from './command.ts'
import { anyText, flag, jsonOption, oneOf, optional, wholeNumber, withDefault } from './option.ts'
import { seatIdentity } from './seat.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const common = { workspace: workspaceOption, json: jsonOption }
const requestWord = { name: 'REQUEST', about: 'The number of the request, as seat requests shows it.' }
const code = wholeNumber(0, 99_999)

/** `thingbench seat requests PK NAME`. */
export const seatRequests = command({
  path: ['seat', 'requests'],
  about: 'List the requests to a simulated device that wait for an answer; a device that answers by hand leaves them to you.',
  positionals: seatIdentity,
  options: { all: flag('Those that were answered or left too.'), ...common },
  examples: ['thingbench seat requests a1Thermostat kitchen', 'thingbench seat requests a1Thermostat kitchen --all --json'],
  async run({ all, workspace, json }, [productKey = '', deviceName = ''], output) {
    const { requests } = await withWorkspace({ workspace }, client => client.call('deviceSimulation.get', { productKey, deviceName }))
    const shown = requests.filter(({ state }) => all || state === 'pending').sort((a, b) => a.requestNo - b.requestNo)
    for (const request of shown)
      print(output, request, json)
    if (shown.length === 0 && !json)
      output.note('No request waits.')
    return 0
  },
})

/** `thingbench seat answer PK NAME REQUEST [JSON]`. */
export const seatAnswer = command({
  path: ['seat', 'answer'],
  about: 'Answer a request as a simulated device.',
  positionals: [...seatIdentity, requestWord, { name: 'JSON', about: 'The data of the answer; without it, none.', optional: true }],
  options: {
    code: withDefault(code, 200, { about: 'The code of the answer.', placeholder: 'N' }),
    base64: optional(anyText, { about: 'Answer with these bytes instead, written in Base64.', placeholder: 'BYTES' }),
    ...common,
  },
  examples: ['thingbench seat answer a1Thermostat kitchen 3 \'{"Done":1}\'', 'thingbench seat answer a1Thermostat kitchen 4 --base64 AP8='],
  async run({ code: answered, base64, workspace, json }, [productKey = '', deviceName = '', number = '', text], output) {
    const requestNo = readNumber(number)
    const data = text === undefined ? {} : readJson(text)
    const request = await withWorkspace({ workspace }, client => client.call('deviceSimulation.answer', { productKey, deviceName, requestNo, code: answered, data: data as never, ...base64 !== undefined && { payloadBase64: base64 } }))
    print(output, request, json)
    return 0
  },
})

/** `thingbench seat refuse PK NAME REQUEST`. */
export const seatRefuse = command({
  path: ['seat', 'refuse'],
  about: 'Refuse a request as a simulated device.',
  positionals: [...seatIdentity, requestWord],
  options: { code: optional(code, { about: 'The code of the refusal; without it, the one that seat answers has chosen, at first 400.', placeholder: 'N' }), ...common },
  examples: ['thingbench seat refuse a1Thermostat kitchen 3 --code 5001'],
  async run({ code: wanted, workspace, json }, [productKey = '', deviceName = '', number = ''], output) {
    const requestNo = readNumber(number)
    const request = await withWorkspace({ workspace }, async (client) => {
      const refuseCode = wanted ?? (await client.call('deviceSimulation.get', { productKey, deviceName })).answers.refuseCode
      return client.call('deviceSimulation.answer', { productKey, deviceName, requestNo, code: refuseCode })
    })
    print(output, request, json)
    return 0
  },
})

/** `thingbench seat leave PK NAME REQUEST`. */
export const seatLeave = command({
  path: ['seat', 'leave'],
  about: 'Put a request aside without an answer.',
  positionals: [...seatIdentity, requestWord],
  options: common,
  examples: ['thingbench seat leave a1Thermostat kitchen 3'],
  async run({ workspace, json }, [productKey = '', deviceName = '', number = ''], output) {
    const requestNo = readNumber(number)
    print(output, await withWorkspace({ workspace }, client => client.call('deviceSimulation.leave', { productKey, deviceName, requestNo })), json)
    return 0
  },
})

/** `thingbench seat answers PK NAME [SERVICE=ANSWER…]`. */
export const seatAnswers = command({
  path: ['seat', 'answers'],
  about: 'Choose how a simulated device answers commands, or print what is chosen.',
  positionals: [...seatIdentity, { name: 'SERVICE=ANSWER', about: 'What a service gives: its output as a JSON object, a code to refuse it with, or nothing to have the output made up again.', optional: true, repeated: true }],
  options: {
    'mode': optional(oneOf(...answerModes), { about: 'Answer by itself, leave requests to you, refuse them, or stay silent.', placeholder: 'MODE' }),
    'refuse-code': optional(code, { about: 'What it refuses with.', placeholder: 'N' }),
    'returns': optional(oneOf('yes', 'no'), { about: 'Whether it comes back by itself when a real device that took its seat has left.', placeholder: 'yes|no' }),
    ...common,
  },
  examples: ['thingbench seat answers a1Thermostat kitchen --mode by-hand', 'thingbench seat answers a1Thermostat kitchen --mode refuse --refuse-code 5001', 'thingbench seat answers a1Thermostat kitchen \'Reboot={"Delay":3}\' Reset=460 Calibrate='],
  async run({ mode, 'refuse-code': refuseCode, returns, workspace, json }, [productKey = '', deviceName = '', ...words], output) {
    const chosen = words.map(readServiceAnswer)
    const { answers, returns: comesBack } = await withWorkspace({ workspace }, async (client) => {
      const seat = await client.call('deviceSimulation.get', { productKey, deviceName })
      if (mode === undefined && refuseCode === undefined && returns === undefined && chosen.length === 0)
        return seat
      const services = { ...seat.answers.services }
      for (const [service, answer] of chosen) {
        if (answer === null)
          delete services[service]
        else
          services[service] = answer
      }
      return client.call('deviceSimulation.configure', {
        productKey,
        deviceName,
        ...returns !== undefined && { returns: returns === 'yes' },
        answers: { ...mode !== undefined && { mode }, ...refuseCode !== undefined && { refuseCode }, ...chosen.length > 0 && { services } },
      })
    })
    if (json) {
      output.json({ ...answers, returns: comesBack } as never)
      return 0
    }
    output.line(`Commands are answered: ${answers.mode}; refused with ${answers.refuseCode}; ${comesBack ? 'comes back by itself' : 'does not come back by itself'}.`)
    for (const [service, answer] of Object.entries(answers.services))
      output.line(`${service}: ${answer.code} ${JSON.stringify(answer.data)}`)
    return 0
  },
})

type ServiceAnswer = SeatAnswers['services'][string]

function readServiceAnswer(word: string): [service: string, answer: ServiceAnswer | null] {
  const equals = word.indexOf('=')
  if (equals < 1)
    throw new UsageError(`Expected SERVICE=ANSWER, got "${word}".`)
  const service = word.slice(0, equals)
  const text = word.slice(equals + 1)
  if (text === '')
    return [service, null]
  const value = readJson(text)
  if (isJsonObject(value))
    return [service, { code: 200, data: value as ServiceAnswer['data'] }]
  if (code.read(text) === undefined)
    throw new UsageError(`Expected a JSON object or a code for the service ${service}, got "${text}".`)
  return [service, { code: Number(text), data: {} }]
}

function readNumber(text: string): number {
  const number = wholeNumber(1, Number.MAX_SAFE_INTEGER).read(text)
  if (number === undefined)
    throw new UsageError(`Expected the number of a request, got "${text}".`)
  return number
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  }
  catch (error) {
    throw new UsageError(`Expected JSON, got "${text}": ${(error as Error).message}.`)
  }
}

function print(output: Output, request: SeatRequest, json: boolean): void {
  const { requestNo, at, kind, service, topic, params, state, answer } = request
  if (json)
    output.json({ ...request })
  else
    output.line(`${requestNo}  ${new Date(at).toISOString()}  ${kind === 'service' ? `service ${service}` : kind === 'raw' ? topic : kind}  ${JSON.stringify(params)}  ${state}${answer === null ? '' : ` with ${answer.code ?? 'bytes'}`}`)
}
