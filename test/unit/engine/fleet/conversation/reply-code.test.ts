import { expect, it } from 'vitest'
import { isReply, readReplyCode } from '../../../../../src/engine/fleet/conversation/reply-code.ts'
import { parseTopic } from '../../../../../src/shared/alink/topic.ts'

it('reads the code of a reply however it is written, and none where there is none', () => {
  const read = (payload: string) => readReplyCode(payload)
  expect(read('{"code":200,"data":{},"id":"1","message":"success","method":"thing.event.property.post","version":"1.0"}')).toBe(200)
  expect(read('{ "id":"1", "code" : 460 }')).toBe(460)
  expect(read('nonsense')).toBeNaN()
})

it('takes the platform\'s answers for replies, and neither commands nor the device\'s own answers', () => {
  const topics = ['thing/event/property/post_reply', 'thing/property/desired/get_reply', 'thing/service/property/set', 'thing/service/property/set_reply', 'thing/service/Blink_reply']
  expect(topics.filter(path => isReply(parseTopic(`/sys/pk/dn/${path}`)))).toEqual(topics.slice(0, 2))
  expect(isReply(parseTopic('/ext/session/pk/dn/combine/login_reply'))).toBe(true)
})
