import { describe, expect, it } from 'vitest'
import { recogniseTopic } from '../../../../src/shared/diagnose/repair-topic.ts'

const owner = { productKey: 'a1Thermostat', deviceName: 'kitchen' }
const post = '/sys/a1Thermostat/kitchen/thing/event/property/post'

describe('recogniseTopic', () => {
  it.each([
    ['topic-space', ` ${post}`, post],
    ['topic-space', `/sys/a1Thermostat/kitchen\n/thing/event/property/post`, post],
    ['topic-no-slash', post.slice(1), post],
    ['topic-no-slash', 'thing/event/property/post', post],
    ['topic-no-sys', '/thing/event/property/post', post],
    ['topic-no-sys', '/a1Thermostat/kitchen/thing/event/property/post', post],
    ['topic-placeholder', '/sys/${productKey}/${deviceName}/thing/event/property/post', post], // eslint-disable-line no-template-curly-in-string -- as it stands in the manual
    ['topic-placeholder', '/sys/%s/%s/thing/event/property/post', post],
    ['topic-placeholder', '/sys/{YourProductKey}/{YourDeviceName}/thing/event/property/post', post],
    ['topic-swapped', '/sys/kitchen/a1Thermostat/thing/event/property/post', post],
    ['topic-other-device', '/sys/a1Thermostat/cellar/thing/event/property/post', post],
    ['topic-other-device', '/ota/device/inform/a1Other/board', '/ota/device/inform/a1Thermostat/kitchen'],
    ['topic-case', '/sys/a1thermostat/kitchen/thing/event/property/post', post],
    ['topic-case', '/SYS/a1Thermostat/kitchen/thing/event/property/post', post],
    ['topic-case', '/sys/a1Thermostat/kitchen/thing/event/Property/post', post],
    ['topic-no-user', '/a1Thermostat/kitchen/status', '/a1Thermostat/kitchen/user/status'],
    ['topic-reply', `${post}_reply`, post],
    ['topic-no-reply', '/sys/a1Thermostat/kitchen/thing/service/property/set', '/sys/a1Thermostat/kitchen/thing/service/property/set_reply'],
    ['topic-no-reply', '/sys/a1Thermostat/kitchen/rrpc/request/1234', '/sys/a1Thermostat/kitchen/rrpc/response/1234'],
    ['topic-spelling', '/sys/a1Thermostat/kitchen/thing/property/post', post],
    ['topic-spelling', '/sys/a1Thermostat/kitchen/thing/event/property/posts', post],
    ['topic-spelling', '/sys/a1Thermostat/kitchen/thing/events/overheat/post', '/sys/a1Thermostat/kitchen/thing/event/overheat/post'],
    ['topic-spelling', '/ota/device/informs/a1Thermostat/kitchen', '/ota/device/inform/a1Thermostat/kitchen'],
    ['topic-spelling', '/shadow/updata/a1Thermostat/kitchen', '/shadow/update/a1Thermostat/kitchen'],
    ['topic-spelling', `${post}/`, post],
  ])('%s: %s is probably %s', (kind, topic, expected) => {
    expect(recogniseTopic(topic, owner)).toEqual({ kind, path: topic, got: topic, expected })
  })

  it('names the first mistake and puts all of them right', () => {
    expect(recogniseTopic('sys/kitchen/a1Thermostat/thing/event/Property/post', owner)).toMatchObject({ kind: 'topic-no-slash', expected: post })
  })

  it('says that a filter is no topic to publish on', () => {
    expect(recogniseTopic('/a1Thermostat/kitchen/user/+', owner)).toMatchObject({ kind: 'topic-wildcard' })
  })

  it.each([
    post,
    '/a1Thermostat/kitchen/user/status',
    '/ota/device/inform/a1Thermostat/kitchen',
    '/sys/a1Thermostat/kitchen/thing/nothing/like/it/at/all',
    '/ext/rrpc/1234/sys/a1Thermostat/kitchen/thing/service/reboot',
    '',
    '/',
  ])('finds nothing in %j', (topic) => {
    expect(recogniseTopic(topic, owner)).toBeNull()
  })

  it('knows filters, which may hold wildcards and answers', () => {
    expect(recogniseTopic('/sys/kitchen/a1Thermostat/thing/service/#', owner, 'subscribe')).toMatchObject({ kind: 'topic-swapped', expected: '/sys/a1Thermostat/kitchen/thing/service/#' })
    expect(recogniseTopic('sys/a1Thermostat/kitchen/thing/event/+/post_reply', owner, 'subscribe')).toMatchObject({ kind: 'topic-no-slash' })
    expect(recogniseTopic(`${post}_reply`, owner, 'subscribe')).toBeNull()
  })
})
