import type { SystemKind } from '../../../../src/shared/alink/system-topics.ts'
import type { Topic } from '../../../../src/shared/alink/topic.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemTopics } from '../../../../src/shared/alink/system-topics.ts'
import { buildTopic, directionOf, identityIn, methodOfTopic, parseTopic, replyTopic } from '../../../../src/shared/alink/topic.ts'

const device = { productKey: 'a1Xk29TzQ7b', deviceName: 'lamp-0007' }

describe('parseTopic', () => {
  it.each<[string, Topic]>([
    ['/sys/a1Xk29TzQ7b/lamp-0007/thing/event/property/post', { kind: 'property.post', ...device, reply: false }],
    ['/sys/a1Xk29TzQ7b/lamp-0007/thing/event/property/post_reply', { kind: 'property.post', ...device, reply: true }],
    ['/sys/a1Xk29TzQ7b/lamp-0007/thing/event/property/history/post', { kind: 'property.historyPost', ...device, reply: false }],
    ['/sys/a1Xk29TzQ7b/lamp-0007/thing/event/Overheat/post', { kind: 'event.post', ...device, identifier: 'Overheat', reply: false }],
    ['/sys/a1Xk29TzQ7b/lamp-0007/thing/event/pump:Leak/post_reply', { kind: 'event.post', ...device, identifier: 'pump:Leak', reply: true }],
    ['/sys/a1Xk29TzQ7b/lamp-0007/thing/service/property/set', { kind: 'property.set', ...device, reply: false }],
    ['/sys/a1Xk29TzQ7b/lamp-0007/thing/service/Blink', { kind: 'service.call', ...device, identifier: 'Blink', reply: false }],
    ['/sys/a1Xk29TzQ7b/lamp-0007/thing/service/pump:Prime_reply', { kind: 'service.call', ...device, identifier: 'pump:Prime', reply: true }],
    ['/sys/a1Xk29TzQ7b/lamp-0007/rrpc/request/1234567890123456789', { kind: 'rrpc.request', ...device, messageId: '1234567890123456789' }],
    ['/sys/a1Xk29TzQ7b/lamp-0007/broadcast/request/7', { kind: 'broadcast.request', ...device, messageId: '7' }],
    ['/sys/a1Xk29TzQ7b/lamp-0007/_thing/diag/post', { kind: 'network.post', ...device, reply: false }],
    ['/sys/a1Xk29TzQ7b/thing/thing/event/property/post', { kind: 'property.post', productKey: 'a1Xk29TzQ7b', deviceName: 'thing', reply: false }],
    ['/ext/rrpc/12/sys/a1Xk29TzQ7b/lamp-0007/thing/service/Blink', { kind: 'ext.rrpc', messageId: '12', topic: '/sys/a1Xk29TzQ7b/lamp-0007/thing/service/Blink' }],
    ['/ext/register', { kind: 'ext.register' }],
    ['/ext/ntp/a1Xk29TzQ7b/lamp-0007/request', { kind: 'ntp.request', ...device }],
    ['/ext/error/a1Xk29TzQ7b/lamp-0007', { kind: 'session.error', ...device }],
    ['/ext/session/a1Xk29TzQ7b/lamp-0007/combine/batch_login_reply', { kind: 'session.batchLogin', ...device, reply: true }],
    ['/ota/device/inform/a1Xk29TzQ7b/lamp-0007', { kind: 'ota.inform', ...device }],
    ['/shadow/update/a1Xk29TzQ7b/lamp-0007', { kind: 'shadow.update', ...device }],
    ['/a1Xk29TzQ7b/lamp-0007/user/update/error', { kind: 'custom', ...device, path: 'update/error' }],
    ['/broadcast/a1Xk29TzQ7b/firmware/beta', { kind: 'broadcast', productKey: 'a1Xk29TzQ7b', path: 'firmware/beta' }],
  ])('takes %s apart', (topic, parsed) => {
    expect(parseTopic(topic)).toEqual(parsed)
    expect(buildTopic(parsed)).toBe(topic)
  })

  it.each([
    '/sys/a1Xk29TzQ7b/lamp-0007',
    '/sys/a1Xk29TzQ7b/lamp-0007/thing/event/property',
    '/sys/a1Xk29TzQ7b/lamp-0007/thing/unknown/thing',
    '/sys/a1Xk29TzQ7b/lamp-0007/thing/event/a/b/post',
    '/ext/nothing/here/at/all',
    '/ext/session/a1Xk29TzQ7b/lamp-0007/combine/dance',
    '/ota/device/toString/a1Xk29TzQ7b/lamp-0007',
    '/ota/device/inform/a1Xk29TzQ7b',
    '/shadow/delete/a1Xk29TzQ7b/lamp-0007',
    '/broadcast/a1Xk29TzQ7b',
    '/a1Xk29TzQ7b/lamp-0007/private/x',
    '/a1Xk29TzQ7b/lamp-0007/user',
  ])('does not know %s', (topic) => {
    expect(parseTopic(topic)).toEqual({ kind: 'unknown', topic })
    expect(directionOf(parseTopic(topic))).toBe('none')
  })

  it.each([
    ['sys/a/b', 'a topic begins with "/"'],
    ['', 'a topic begins with "/"'],
    ['/a1Xk29TzQ7b/lamp-0007/user/+', 'a message cannot be published to a topic with a wildcard'],
    ['/a1Xk29TzQ7b/lamp-0007/user/#', 'a message cannot be published to a topic with a wildcard'],
    ['/a1Xk29TzQ7b//user/get', 'a level of the topic is empty'],
    ['/a1Xk29TzQ7b/lamp-0007/user/get/', 'a level of the topic is empty'],
    [`/a1Xk29TzQ7b/lamp-0007/user/${'温'.repeat(40)}`, 'the topic is longer than 128 bytes'],
  ])('calls %s invalid', (topic, reason) => {
    expect(parseTopic(topic)).toEqual({ kind: 'invalid', topic, reason })
  })

  it('measures a topic in bytes and lets RRPC wrap a long one', () => {
    expect(parseTopic(`/a1Xk29TzQ7b/lamp-0007/user/${'x'.repeat(100)}`).kind).toBe('custom')
    expect(parseTopic(`/a1Xk29TzQ7b/lamp-0007/user/${'x'.repeat(101)}`).kind).toBe('invalid')
    expect(parseTopic(`/ext/rrpc/1/a1Xk29TzQ7b/lamp-0007/user/${'x'.repeat(101)}`).kind).toBe('ext.rrpc')
  })

  it('undoes buildTopic for every kind of system topic', () => {
    const level = fc.stringMatching(/^[\w\-:.@]{1,20}$/)
    fc.assert(fc.property(fc.constantFrom(...Object.keys(systemTopics) as SystemKind[]), level, level, fc.boolean(), (kind, productKey, deviceName, reply) => {
      const topic: Topic = { kind, productKey, deviceName, reply }
      expect(parseTopic(buildTopic(topic))).toEqual(topic)
    }))
  })

  it('gives back any text when what it says is built again', () => {
    const levels = fc.array(fc.oneof(fc.constantFrom('sys', 'ext', 'ota', 'shadow', 'broadcast', 'thing', 'event', 'service', 'property', 'post', 'post_reply', '_reply', 'user', 'rrpc', 'request', 'device', 'combine', 'login', 'session', 'ntp', '+', ''), fc.string({ maxLength: 6 })), { maxLength: 10 })
    fc.assert(fc.property(levels.map(list => list.join('/')), text => buildTopic(parseTopic(text)) === text), { numRuns: 2000 })
    fc.assert(fc.property(fc.string(), text => buildTopic(parseTopic(text)) === text))
  })
})

describe('directionOf', () => {
  it.each([
    ['/sys/p/d/thing/event/property/post', 'up'],
    ['/sys/p/d/thing/event/property/post_reply', 'down'],
    ['/sys/p/d/thing/service/property/set', 'down'],
    ['/sys/p/d/thing/service/property/set_reply', 'up'],
    ['/sys/p/d/thing/event/Overheat/post', 'up'],
    ['/sys/p/d/thing/service/Blink', 'down'],
    ['/sys/p/d/thing/service/Blink_reply', 'up'],
    ['/sys/p/d/rrpc/request/1', 'down'],
    ['/sys/p/d/rrpc/response/1', 'up'],
    ['/ext/session/p/d/combine/login', 'up'],
    ['/ext/session/p/d/combine/login_reply', 'down'],
    ['/ext/error/p/d', 'down'],
    ['/ext/register', 'down'],
    ['/ext/ntp/p/d/request', 'up'],
    ['/ext/ntp/p/d/response', 'down'],
    ['/ota/device/inform/p/d', 'up'],
    ['/ota/device/upgrade/p/d', 'down'],
    ['/ota/device/request/p/d', 'both'],
    ['/shadow/update/p/d', 'up'],
    ['/shadow/get/p/d', 'down'],
    ['/p/d/user/get', 'both'],
    ['/ext/rrpc/1/p/d/user/get', 'both'],
    ['/broadcast/p/x', 'down'],
  ])('knows who publishes on %s', (topic, direction) => {
    expect(directionOf(parseTopic(topic))).toBe(direction)
  })
})

describe('methodOfTopic', () => {
  it.each([
    ['/sys/p/d/thing/event/property/post', 'thing.event.property.post'],
    ['/sys/p/d/thing/event/property/post_reply', 'thing.event.property.post'],
    ['/sys/p/d/thing/event/pump:Leak/post', 'thing.event.pump:Leak.post'],
    ['/sys/p/thing/thing/service/Blink', 'thing.service.Blink'],
    ['/sys/p/d/_thing/diag/post', '_thing.diag.post'],
    ['/sys/p/d/rrpc/request/1', ''],
    ['/sys/p', ''],
    ['/p/d/user/thing/x', ''],
  ])('of %s is %s', (topic, method) => {
    expect(methodOfTopic(topic)).toBe(method)
  })
})

describe('replyTopic', () => {
  it('adds _reply', () => {
    expect(replyTopic('/sys/p/d/thing/event/property/post')).toBe('/sys/p/d/thing/event/property/post_reply')
  })
})

describe('identityIn', () => {
  it.each([
    ['/sys/p/d/thing/event/property/post', 'p/d'],
    ['/sys/p/d', 'p/d'],
    ['/ext/session/p/d/combine/login', 'p/d'],
    ['/ext/error/p/d', 'p/d'],
    ['/ext/rrpc/12/sys/p/d/thing/service/Blink', 'p/d'],
    ['/ext/rrpc/12/p/d/user/get', 'p/d'],
    ['/ext/rrpc/12/plain', null],
    ['/ota/device/inform/p/d', 'p/d'],
    ['/shadow/update/p/d', 'p/d'],
    ['/p/d/user/get', 'p/d'],
    ['/p/d/other/get', null],
    ['/broadcast/p/user/x', null],
    ['/sys/+/+/#', '+/+'],
    ['/sys/p', null],
    ['', null],
  ])('finds in %s the device %s', (topic, device) => {
    const named = identityIn(topic)
    expect(named && `${named.productKey}/${named.deviceName}`).toBe(device)
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), topic => void identityIn(topic)))
  })
})
