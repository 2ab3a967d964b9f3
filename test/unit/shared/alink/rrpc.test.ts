import { expect, it } from 'vitest'
import { customRrpcTopics, parseExt, serviceRrpcTopics, systemRrpcTopics } from '../../../../src/shared/alink/rrpc.ts'
import { parseTopic } from '../../../../src/shared/alink/topic.ts'

const identity = { productKey: 'a1Xk', deviceName: 'lamp-0007' }

it('answers the system topic on another one, and a wrapped topic on itself without a double slash', () => {
  expect(systemRrpcTopics(identity, '12')).toEqual({ request: '/sys/a1Xk/lamp-0007/rrpc/request/12', response: '/sys/a1Xk/lamp-0007/rrpc/response/12' })
  expect(customRrpcTopics('/a1Xk/lamp-0007/user/get', '12')).toEqual({ request: '/ext/rrpc/12/a1Xk/lamp-0007/user/get', response: '/ext/rrpc/12/a1Xk/lamp-0007/user/get' })
  expect(parseTopic(customRrpcTopics('/a/b', '12').request)).toEqual({ kind: 'ext.rrpc', messageId: '12', topic: '/a/b' })
})

it.each([
  [0, '/sys/a1Xk/lamp-0007/rrpc/request/12'],
  [1, '/ext/rrpc/12/sys/a1Xk/lamp-0007/thing/service/Blink'],
  [2, '/sys/a1Xk/lamp-0007/rrpc/request/12'],
  [3, '/ext/rrpc/12/sys/a1Xk/lamp-0007/thing/service/Blink'],
])('chooses by bit 0 of ext: %i', (ext, request) => {
  expect(serviceRrpcTopics(identity, '/sys/a1Xk/lamp-0007/thing/service/Blink', '12', ext).request).toBe(request)
})

it.each([[undefined, 0], ['', 0], ['3', 3], ['x', 0], ['-1', 0], ['99999999999', 0]])('reads ext %j as %i', (text, ext) => {
  expect(parseExt(text)).toBe(ext)
})
