import type { EngineApi } from '../../shared/contract/contract.ts'
import type { PolicyContent, SeatLive } from '../../shared/contract/device-simulation.ts'
import type { JsonObject } from '../../shared/json.ts'
import type { ValidationIssue } from '../../shared/thing-model/issue.ts'
import type { Seat } from './seat.ts'
import type { Seats } from './seats.ts'
import type { SimulationContext } from './types.ts'
import { Buffer } from 'node:buffer'
import { AppError } from '../../shared/errors.ts'
import { pump } from '../../shared/feed.ts'
import { limits } from '../../shared/limits.ts'
import { refuseIssuesUnless } from '../../shared/thing-model/refuse-issues.ts'
import { validateEvent, validateReport } from '../../shared/thing-model/validate.ts'
import { refuseBeyondCloud } from './policy-rules.ts'
import { deletePolicy } from './rows.ts'

type Name<Table> = Extract<keyof Table, `deviceSimulation.${string}`>
type Handlers = Pick<EngineApi['methods'], Name<EngineApi['methods']>>
type Streams = Pick<EngineApi['streams'], Name<EngineApi['streams']>>

const itemsPerSec = 10

/** What the console can ask of the devices that it simulates. */
export function simulationMethodHandlers(seats: Seats, context: SimulationContext): Handlers {
  const { clock, store, applyLimits, checkContent, makeId } = context
  return {
    'deviceSimulation.list': () => ({ seats: seats.list() }),
    'deviceSimulation.get': ({ productKey, deviceName }) => seats.present(productKey, deviceName),
    'deviceSimulation.start': async ({ productKey, deviceName, takeOver }) => {
      await seats.start(productKey, deviceName, takeOver)
      return seats.present(productKey, deviceName)
    },
    'deviceSimulation.stop': ({ productKey, deviceName }) => {
      seats.stop(productKey, deviceName)
      return seats.present(productKey, deviceName)
    },
    'deviceSimulation.forget': async ({ productKey, deviceName }) => {
      await store.write(seats.forget(context.requireDevice(productKey, deviceName).deviceId))
      return null
    },
    'deviceSimulation.configure': ({ productKey, deviceName, returns, answers }) => {
      const seat = seats.of(productKey, deviceName)
      const { settings } = seat
      seat.settings = { ...settings, returns: returns ?? settings.returns, answers: { ...settings.answers, ...withoutUndefined(answers ?? {}) } }
      seat.session.planReturn()
      seats.save(seat)
      seat.changed()
      return seats.present(productKey, deviceName)
    },
    'deviceSimulation.postProperties': async ({ productKey, deviceName, properties, qos, anyway }) => {
      const seat = seats.of(productKey, deviceName)
      seat.requireLink()
      const params = properties as JsonObject
      const issues = refuseIssuesUnless(anyway, seat.model ? validateReport(seat.model, params, clock.now()).issues : [])
      const message = await seat.propertyPost(params)
      seat.became(params)
      return seat.send(message, qos, issues)
    },
    'deviceSimulation.postEvent': async ({ productKey, deviceName, event, params, qos, anyway }) => {
      const seat = seats.of(productKey, deviceName)
      seat.requireLink()
      const issues = refuseIssuesUnless(anyway, seat.model ? validateEvent(seat.model, event, params as JsonObject) : [])
      return seat.send(await seat.eventPost(event, params as JsonObject), qos, issues)
    },
    'deviceSimulation.publish': ({ productKey, deviceName, topic, payloadBase64, qos, retain }) => {
      if (retain)
        throw new AppError('simulation/retained', 'The platform keeps no retained messages and would end the connection; send it without the retain flag.')
      return seats.of(productKey, deviceName).send({ topic, payload: Buffer.from(payloadBase64, 'base64'), id: null }, qos)
    },
    'deviceSimulation.subscribe': async ({ productKey, deviceName, filter, qos }) => {
      const seat = seats.of(productKey, deviceName)
      const answer = await seat.subscribe(filter, qos)
      seat.settings = { ...seat.settings, subscriptions: [...withoutFilter(seat, filter), { filter, qos }] }
      seats.save(seat)
      seat.changed()
      return answer
    },
    'deviceSimulation.unsubscribe': async ({ productKey, deviceName, filter }) => {
      const seat = seats.of(productKey, deviceName)
      const kept = withoutFilter(seat, filter)
      if (kept.length === seat.settings.subscriptions.length)
        throw new AppError('simulation/not-found', `The simulated device has not subscribed to ${filter}.`, { filter })
      await seat.session.link?.unsubscribe(filter)
      seat.settings = { ...seat.settings, subscriptions: kept }
      seats.save(seat)
      seat.changed()
      return null
    },
    'deviceSimulation.inbox': ({ productKey, deviceName, limit }) => ({ messages: seats.inboxOf(productKey, deviceName)?.newest(limit) ?? [] }),
    'deviceSimulation.answer': ({ productKey, deviceName, requestNo, code, data, payloadBase64 }) => {
      const seat = seats.of(productKey, deviceName)
      return payloadBase64 === undefined
        ? seat.answer(requestNo, code, data)
        : seat.answer(requestNo, null, null, Buffer.from(payloadBase64, 'base64'))
    },
    'deviceSimulation.leave': ({ productKey, deviceName, requestNo }) => {
      const seat = seats.of(productKey, deviceName)
      seat.requests.commandOf(requestNo)
      const request = seat.requests.left(requestNo)
      seat.changed()
      return request
    },
    'deviceSimulation.setPolicy': async ({ productKey, deviceName, policyId, content, when, anyway }) => {
      const seat = seats.of(productKey, deviceName)
      if (policyId !== undefined && !seat.policies.has(policyId))
        throw new AppError('simulation/not-found', `The simulated device has no push policy ${policyId}.`, { policyId })
      if (applyLimits())
        refuseBeyondCloud(when)
      if (content.kind !== 'publish')
        checkContent(productKey, content)
      refuseIssuesUnless(anyway, issuesOf(seat, content, clock.now()))
      const others = applyLimits() ? seat.policies.kept().filter(policy => policy.policyId !== policyId) : []
      if (policyId === undefined && seat.policies.size - others.length >= limits.policiesPerSeatMax)
        throw new AppError('limit/reached', `A simulated device has at most ${limits.policiesPerSeatMax} push policies.`, { max: limits.policiesPerSeatMax })
      for (const other of others)
        await remove(other.policyId, seat)
      const policy = seat.policies.set(policyId ?? makeId(), content, when)
      seats.save(seat)
      return { policy, replaced: others.length, beyondCloud: seats.present(productKey, deviceName).beyondCloud }
    },
    'deviceSimulation.pausePolicy': ({ productKey, deviceName, policyId, paused }) => seats.of(productKey, deviceName).policies.pause(policyId, paused),
    'deviceSimulation.removePolicy': async ({ productKey, deviceName, policyId }) => {
      await remove(policyId, seats.of(productKey, deviceName))
      return null
    },
  }

  async function remove(policyId: string, seat: Seat): Promise<void> {
    seat.policies.remove(policyId)
    await store.write([{ statement: deletePolicy, params: [policyId] }])
  }
}

/** What a page may see of a simulated device while it happens. */
export function simulationStreamHandlers(seats: Seats, context: SimulationContext): Streams {
  return {
    'deviceSimulation.watch': async ({ productKey, deviceName }, subscriber) => {
      let hasChanged = true
      let shownNo = 0
      seats.watch(productKey, deviceName, subscriber.signal, () => hasChanged = true)
      // What is in the way of a start changes without the seat.
      let obstacle = ''
      const take = (): SeatLive | undefined => {
        const present = seats.present(productKey, deviceName)
        const now = JSON.stringify(present.obstacle)
        if (!hasChanged && now === obstacle)
          return undefined
        hasChanged = false
        obstacle = now
        const inbox = seats.inboxOf(productKey, deviceName)
        // A seat that was forgotten counts from the beginning.
        const messages = inbox?.after(inbox.lastNo < shownNo ? 0 : shownNo) ?? []
        shownNo = inbox?.lastNo ?? 0
        return { seat: present, messages }
      }
      await pump(context.clock, subscriber, { take }, 1000 / itemsPerSec)
    },
  }
}

/** What the thing model has against the values that a policy does not make up. */
function issuesOf({ model }: Seat, content: PolicyContent, now: number): ValidationIssue[] {
  if (content.kind === 'publish' || model === null)
    return []
  const constants = Object.fromEntries(Object.entries(content.behaviours).flatMap(([name, behaviour]) => behaviour.kind === 'constant' ? [[name, behaviour.value]] : [])) as JsonObject
  if (content.kind === 'event')
    return validateEvent(model, content.event, constants)
  const unknown = Object.fromEntries(Object.keys(content.behaviours).filter(name => !model.properties.has(name)).map(name => [name, null]))
  return validateReport(model, { ...unknown, ...constants }, now).issues
}

function withoutFilter({ settings }: Seat, filter: string): Seat['settings']['subscriptions'] {
  return settings.subscriptions.filter(subscription => subscription.filter !== filter)
}

function withoutUndefined<T extends object>(change: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }
}
