import { describe, expect, it } from 'vitest'
import { isSystemTopic, refuseFilter, refusePublish } from '../../../../src/engine/broker/acl.ts'

const owner = { productKey: 'a1Xk29TzQ7b', deviceName: 'lamp-0007' }
const own = 'a1Xk29TzQ7b/lamp-0007'

describe('publishing', () => {
  it.each([
    `/sys/${own}/thing/event/property/post`,
    `/sys/${own}/thing/event/property/history/post`,
    `/sys/${own}/thing/event/overheat/post`,
    `/sys/${own}/thing/service/property/set_reply`,
    `/sys/${own}/rrpc/response/17`,
    `/sys/${own}/thing/nothing/known`,
    `/ext/session/${own}/combine/login`,
    `/ext/ntp/${own}/request`,
    `/ext/rrpc/123/sys/${own}/thing/service/blink`,
    `/ext/rrpc/123/${own}/user/get`,
    '/ext/rrpc/123/test/example',
    `/ota/device/inform/${own}`,
    `/ota/device/request/${own}`,
    `/shadow/update/${own}`,
    `/${own}/user/update`,
    `/${own}/user/update/error`,
  ])('is allowed on %s', (topic) => {
    expect(refusePublish(topic, owner)).toBeNull()
  })

  it.each([
    ['another device', '/sys/a1Xk29TzQ7b/lamp-0008/thing/event/property/post'],
    ['another product', '/sys/b2/lamp-0007/thing/event/property/post'],
    ['a longer name that begins alike', '/sys/a1Xk29TzQ7b/lamp-00071/thing/event/property/post'],
    ['another device under an unknown path', '/sys/a1Xk29TzQ7b/lamp-0008/who/knows'],
    ['another device\'s custom topic', '/a1Xk29TzQ7b/lamp-0008/user/update'],
    ['its own tree outside of user', `/${own}/update`],
    ['another device in an RRPC answer', '/ext/rrpc/1/sys/a1Xk29TzQ7b/lamp-0008/thing/service/blink'],
    ['another device\'s shadow', '/shadow/update/a1Xk29TzQ7b/lamp-0008'],
    ['another device\'s OTA', '/ota/device/inform/a1Xk29TzQ7b/lamp-0008'],
    ['a broadcast', '/broadcast/a1Xk29TzQ7b/news'],
    ['the topic of dynamic registration', '/ext/register'],
    ['no tree of anybody', '/weather'],
    ['what only the platform sends', `/sys/${own}/thing/service/property/set`],
    ['a reply that only the platform sends', `/sys/${own}/thing/event/property/post_reply`],
  ])('is refused on %s with 9236', (_what, topic) => {
    expect(refusePublish(topic, owner)).toMatchObject({ code: 9236, message: expect.stringContaining(topic) })
  })

  it.each([
    ['no leading slash', 'sys/a/b'],
    ['an empty level', `/${own}/user//update`],
    ['a trailing slash', `/${own}/user/update/`],
    ['"+"', `/${own}/user/+`],
    ['"#"', `/${own}/user/#`],
    ['129 bytes', `/${own}/user/${'x'.repeat(129 - own.length - 7)}`],
    ['129 bytes in fewer characters', `/${own}/user/${'é'.repeat(51)}`],
    ['eight slashes', `/${own}/user/1/2/3/4/5`],
  ])('is refused with %s as 1903', (_what, topic) => {
    expect(refusePublish(topic, owner)).toMatchObject({ code: 1903 })
  })

  it('is allowed with 128 bytes and with seven slashes', () => {
    expect(refusePublish(`/${own}/user/${'x'.repeat(128 - own.length - 7)}`, owner)).toBeNull()
    expect(refusePublish(`/${own}/user/1/2/3/4`, owner)).toBeNull()
  })
})

describe('subscribing', () => {
  it.each([
    `/sys/${own}/thing/event/+/post_reply`,
    `/sys/${own}/#`,
    `/sys/${own}/rrpc/request/+`,
    `/ext/session/${own}/combine/login_reply`,
    `/ext/ntp/${own}/response`,
    `/ext/error/${own}`,
    '/ext/rrpc/+/sys/#',
    '/ext/rrpc/#',
    '/ext/register',
    '/ext/regnwl',
    `/ota/device/upgrade/${own}`,
    `/ota/device/+/${own}`,
    `/shadow/get/${own}`,
    `/${own}/user/get`,
    `/${own}/user/#`,
    `/${own}/user/+/get`,
    '/broadcast/a1Xk29TzQ7b/news',
    '/broadcast/a1Xk29TzQ7b/#',
  ])('is allowed to %s', (filter) => {
    expect(refuseFilter(filter, owner)).toBeNull()
  })

  it.each([
    ['#', 0x87],
    ['+/+', 0x87],
    ['/+/+/user/get', 0x87],
    ['/sys/+/+/thing/#', 0x87],
    ['/sys/a1Xk29TzQ7b/+/thing/#', 0x87],
    ['/sys/#', 0x87],
    ['/sys/a1Xk29TzQ7b/lamp-0008/#', 0x87],
    ['/a1Xk29TzQ7b/lamp-0008/user/get', 0x87],
    [`/${own}/#`, 0x87],
    [`/${own}/user`, 0x87],
    ['/broadcast/other/news', 0x87],
    ['/broadcast/a1Xk29TzQ7b', 0x87],
    ['/broadcast/#', 0x87],
    ['/ota/device/upgrade/+/+', 0x87],
    ['/shadow/get/+/lamp-0007', 0x87],
    ['$SYS/#', 0x87],
    [`$share/group/${own}/user/get`, 0x9E],
    [`/${own}/user/#/x`, 0x8F],
    [`/${own}/user/a+`, 0x8F],
    ['', 0x8F],
    [`/${own}/user/${'x'.repeat(128)}`, 0x8F],
    [`/${own}/user/1/2/3/4/5`, 0x8F],
    ['/broadcast/a1Xk29TzQ7b/1/2/3/4/5/6', 0x8F],
  ])('is refused to %j', (filter, reasonCode) => {
    expect(refuseFilter(filter, owner)).toMatchObject({ reasonCode, message: expect.stringMatching(/\.$/) })
  })
})

describe('system topics', () => {
  it.each(['/sys/a/b/c', '/ext/register', '/ota/device/upgrade/a/b', '/shadow/get/a/b'])('include %s', (topic) => {
    expect(isSystemTopic(topic)).toBe(true)
  })

  it.each([`/${own}/user/get`, '/broadcast/a1Xk29TzQ7b/news', '/system/x', 'sys/x'])('do not include %s', (topic) => {
    expect(isSystemTopic(topic)).toBe(false)
  })
})
