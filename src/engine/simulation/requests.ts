import type { Buffer } from 'node:buffer'
import type { SeatAnswers, SeatRequest } from '../../shared/contract/device-simulation.ts'
import type { JsonObject, JsonValue } from '../../shared/json.ts'
import type { CompiledModel } from '../../shared/thing-model/compile.ts'
import type { SeatCommand, SeatWish } from './types.ts'
import { AppError } from '../../shared/errors.ts'
import { isJsonObject } from '../../shared/json.ts'
import { limits } from '../../shared/limits.ts'
import { validatePropertySet, validateServiceInput } from '../../shared/thing-model/validate.ts'

/** A device's own word for parameters it cannot use (Alink 5.2). */
const wrongParameters = 460

/** What a device makes of a wish by itself: the answer, and the properties that have changed by it. */
export interface Performed { code: number, data: JsonObject, changed?: JsonObject }

export interface PerformContext {
  model: CompiledModel | null
  answers: SeatAnswers
  /** What the device believes its properties are. */
  values: JsonObject
  drawOutput: (service: string, given: JsonObject) => JsonObject
}

/**
 * What a simulated device answers by itself (platform rule SIM-6): it takes over values that are set, returns those that it
 * has when it is asked, and answers services as was chosen, or makes their output up.
 */
export function perform(wish: Exclude<SeatWish, { kind: 'raw' }>, { model, answers, values, drawOutput }: PerformContext): Performed {
  const { params } = wish
  switch (wish.kind) {
    case 'set':
      if (!isJsonObject(params) || Object.keys(params).length === 0 || (model && validatePropertySet(model, params).length > 0))
        return { code: wrongParameters, data: {} }
      return { code: 200, data: {}, changed: params }
    case 'get':
      if (!Array.isArray(params) || !params.every(name => typeof name === 'string'))
        return { code: wrongParameters, data: {} }
      return { code: 200, data: Object.fromEntries(params.filter(name => Object.hasOwn(values, name)).map(name => [name, values[name]!])) }
    case 'service': {
      const chosen = Object.hasOwn(answers.services, wish.key) ? answers.services[wish.key] : undefined
      if (chosen)
        return { code: chosen.code, data: chosen.data as JsonObject }
      const given = params ?? {}
      if (!isJsonObject(given) || (model && validateServiceInput(model, wish.key, given).length > 0))
        return { code: wrongParameters, data: {} }
      return { code: 200, data: drawOutput(wish.key, given) }
    }
  }
}

/** The commands that a simulated device has received, newest last; those that are over make room for new ones. */
export class Requests {
  readonly #entries: { request: SeatRequest, command: SeatCommand }[] = []
  #nextNo = 1

  /** All, newest first. */
  list(): SeatRequest[] {
    return this.#entries.map(({ request }) => request).reverse()
  }

  get pending(): number {
    return this.#entries.filter(({ request }) => request.state === 'pending').length
  }

  add(at: number, topic: string, command: SeatCommand, payload: Buffer): number {
    const { wish } = command
    const requestNo = this.#nextNo++
    this.#entries.push({
      command,
      request: {
        requestNo,
        at,
        dueAt: at + limits.callTimeoutMs,
        topic,
        kind: wish.kind,
        service: wish.kind === 'service' ? wish.key : '',
        params: wish.kind === 'raw' ? null : wish.params ?? null,
        payloadBase64: payload.toString('base64'),
        state: 'pending',
        answer: null,
      },
    })
    if (this.#entries.length > limits.seatRequestsMax) {
      const over = this.#entries.findIndex(({ request }) => request.state !== 'pending')
      this.#entries.splice(Math.max(0, over), 1)
    }
    return requestNo
  }

  /** The command of a pending request; AppError simulation/not-found when there is none. */
  commandOf(requestNo: number): SeatCommand {
    const entry = this.#entries.find(({ request }) => request.requestNo === requestNo)
    if (entry?.request.state !== 'pending')
      throw new AppError('simulation/not-found', entry ? `Request ${requestNo} has been ${entry.request.state === 'left' ? 'put aside' : 'answered'} already.` : `The simulated device has no request ${requestNo}.`, { requestNo })
    return entry.command
  }

  answered(requestNo: number, at: number, code: number | null, data: JsonValue): SeatRequest {
    return this.#close(requestNo, { state: 'answered', answer: { code, data, at } })
  }

  left(requestNo: number): SeatRequest {
    return this.#close(requestNo, { state: 'left' })
  }

  #close(requestNo: number, change: Partial<SeatRequest>): SeatRequest {
    const entry = this.#entries.find(({ request }) => request.requestNo === requestNo)!
    entry.request = { ...entry.request, ...change }
    return entry.request
  }
}
