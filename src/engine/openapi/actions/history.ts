import type { Action } from '../action.ts'
import { eventTypes } from '../../../shared/contract/event.ts'
import { deviceAction } from '../action.ts'
import { valueText } from '../answers.ts'
import { ApiFailure } from '../failure.ts'
import { initially, integer, required, text, texts } from '../parameter.ts'

const times = {
  StartTime: required(integer('Epoch milliseconds. With Asc 1 the older end of the range; with Asc 0 it may also be the newer one.')),
  EndTime: required(integer('Epoch milliseconds; both ends are included.')),
}
const asc = integer('1: oldest first, and NextTime takes the place of the older end of the range; 0: newest first, and it takes the place of the newer one.', { oneOf: [0, 1] })
const pageSize = (max: number) => integer('Records of a page; a page ends between two milliseconds, so it can have fewer, and more when one millisecond has more.', { min: 1, max, code: 'iot.common.InvalidPageParams' })
const listParameters = { ...times, Asc: initially(asc, 0), PageSize: initially(pageSize(100), 10) }

interface Span { StartTime: number, EndTime: number, Asc: number }

/** The ends of a range in the contract's words. Throws ApiFailure when it goes backwards with the oldest first. */
function spanOf({ StartTime, EndTime, Asc }: Span): { fromAt: number, toAt: number, order: 'newest' | 'oldest' } {
  if (Asc === 1 && StartTime > EndTime)
    throw new ApiFailure('iot.device.InvalidTimeBucket', `With Asc 1, StartTime comes before EndTime; got ${StartTime} and ${EndTime}.`)
  return { fromAt: Math.min(StartTime, EndTime), toAt: Math.max(StartTime, EndTime), order: Asc === 1 ? 'oldest' : 'newest' }
}

function nextOf(nextAt: number | null | undefined): { NextTime?: number, NextValid: boolean } {
  return typeof nextAt === 'number' ? { NextTime: nextAt, NextValid: true } : { NextValid: false }
}

/** What devices have reported and what was called, over time. */
export const historyActions: Action[] = [
  deviceAction({
    name: 'QueryDevicePropertyData',
    group: 'property',
    about: 'The values of a property over time.',
    parameters: { Identifier: required(text('The property; one of a custom module is BLOCK:IDENTIFIER.')), ...times, Asc: required(asc), PageSize: required(pageSize(50)) },
    answer: { Data: { List: { PropertyInfo: [{ Time: 's', Value: 's' }] }, NextTime: 'l', NextValid: 'b' } },
    fields: { properties: 'Identifier' },
    async run({ Identifier, PageSize, ...span }, { call, device: { productKey, deviceName } }) {
      const { properties, nextAt } = await call('device.propertyPoints', { productKey, deviceName, properties: [Identifier], ...spanOf(span), limit: PageSize })
      return { Data: { List: { PropertyInfo: properties.flatMap(({ points }) => points).map(({ at, value }) => ({ Time: String(at), Value: valueText(value) })) }, ...nextOf(nextAt) } }
    },
  }),
  deviceAction({
    name: 'QueryDevicePropertiesData',
    group: 'property',
    about: 'The values of up to ten properties over time; NextTime is one for all of them, so the values of each end where the first of them has to.',
    parameters: { Identifier: required(texts('The properties.', { min: 1, max: 10 })), ...times, Asc: required(asc), PageSize: required(pageSize(100)) },
    answer: { PropertyDataInfos: { PropertyDataInfo: [{ Identifier: 's', List: { PropertyInfo: [{ Time: 'l', Value: 's' }] } }] }, NextTime: 'l', NextValid: 'b' },
    fields: { properties: 'Identifier' },
    async run({ Identifier, PageSize, ...span }, { call, device: { productKey, deviceName } }) {
      const { properties, nextAt } = await call('device.propertyPoints', { productKey, deviceName, properties: Identifier, ...spanOf(span), limit: PageSize })
      return {
        PropertyDataInfos: { PropertyDataInfo: properties.map(({ property, points }) => ({ Identifier: property, List: { PropertyInfo: points.map(({ at, value }) => ({ Time: at, Value: valueText(value) })) } })) },
        ...nextOf(nextAt),
      }
    },
  }),
  deviceAction({
    name: 'QueryDeviceEventData',
    group: 'property',
    about: 'The events that a device reported.',
    parameters: { Identifier: text('Only this event.'), EventType: text('Only events of this type.', { oneOf: eventTypes }), ...listParameters },
    answer: { Data: { List: { EventInfo: [{ Identifier: 's', Name: 's', EventType: 's', OutputData: 's', Time: 's' }] }, NextTime: 'l', NextValid: 'b' } },
    async run({ Identifier, EventType, PageSize, ...span }, { call, device: { productKey, deviceName } }) {
      const type = eventTypes.find(known => known === EventType)
      const { events, next } = await call('event.list', { productKey, deviceName, event: Identifier, type, ...spanOf(span), limit: PageSize, wholeInstants: true })
      return { Data: { List: { EventInfo: events.map(({ event, name, type: eventType, output, at }) => ({ Identifier: event, Name: name, EventType: eventType, OutputData: JSON.stringify(output), Time: String(at) })) }, ...nextOf(next?.at) } }
    },
  }),
  deviceAction({
    name: 'QueryDeviceServiceData',
    group: 'service',
    about: 'The service calls of a device; OutputData is missing while the device has not answered.',
    parameters: { Identifier: text('Only this service.'), ...listParameters },
    answer: { Data: { List: { ServiceInfo: [{ Identifier: 's', Name: 's', InputData: 's', OutputData: 's', Time: 's' }] }, NextTime: 'l', NextValid: 'b' } },
    async run({ Identifier, PageSize, ...span }, { call, device: { productKey, deviceName } }) {
      const { calls, next } = await call('serviceCall.list', { productKey, deviceName, service: Identifier, ...spanOf(span), limit: PageSize, wholeInstants: true })
      return {
        Data: {
          List: { ServiceInfo: calls.map(({ service, name, input, output, at }) => ({ Identifier: service, Name: name, InputData: JSON.stringify(input), OutputData: output === null ? undefined : JSON.stringify(output), Time: String(at) })) },
          ...nextOf(next?.at),
        },
      }
    },
  }),
]
