import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildReply, parseReply, parseRequest, rawNumberAt } from '../../../../src/shared/alink/envelope.ts'

describe('parseRequest', () => {
  it('reads the full form', () => {
    expect(parseRequest('{"id":"1024","version":"1.0","sys":{"ack":1},"params":{"a":1},"method":"thing.event.property.post"}')).toEqual({
      request: { id: '1024', idText: '"1024"', version: '1.0', method: 'thing.event.property.post', params: { a: 1 }, wantsReply: true, mended: false },
    })
  })

  it.each([
    ['{"id":"1|exp-topic|/sys/a/b/thing/event/property/post_reply","params":{}}', '"1|exp-topic|/sys/a/b/thing/event/property/post_reply"'],
    ['{"id":2, "params":{}}', '2'],
    ['{ "params":{"id":7}, "id" : 5 }', '5'],
    ['{"id":18446744073709551615,"params":{}}', '18446744073709551615'],
    ['{"id":1.0,"params":{}}', '1.0'],
    ['{"id":-1e3,"params":{}}', '-1e3'],
    ['{"x":"\\"id\\":9","id":3}', '3'],
    ['{"id":1,"id":2}', '2'],
    ['{"id":{"id":1},"id":4}', '4'],
    ['{"id":"a\\"b\\\\"}', '"a\\"b\\\\"'],
    [`{"id":${'9'.repeat(500)}}`, '9'.repeat(500)],
    ['{"params":{}}', ''],
    ['{"id":null}', ''],
    ['{"id":[1]}', ''],
  ])('keeps the id of %s as it was written', (text, idText) => {
    expect(parseRequest(text).request?.idText).toBe(idText)
  })

  it.each([
    ['{"id":"1"}', true],
    ['{"id":"1","sys":{}}', true],
    ['{"id":"1","sys":{"ack":1}}', true],
    ['{"id":"1","sys":{"ack":0}}', false],
    ['{"id":"1","sys":{"ack":"0"}}', false],
    ['{"id":"1","sys":7}', true],
    ['{"id":"1","sys":{"ack":null}}', true],
  ])('sees in %s whether a reply is wanted', (text, wantsReply) => {
    expect(parseRequest(text).request?.wantsReply).toBe(wantsReply)
  })

  it.each([
    ['{"id":"1","params":{"fileInfo":{"streamId":1397345,"fileId":1,}}}', { fileInfo: { streamId: 1397345, fileId: 1 } }],
    ['{"id":"1","params":[1,2,\n]}', [1, 2]],
    ['"id":"1","params":{"a":1}', { a: 1 }],
    ['\uFEFF{"id":"1","params":{"a":1}}', { a: 1 }],
    ['{"id":"1","params":{"a":1}}\0\0', { a: 1 }],
    ['{"id":"1","params":{"a":"x,}"},}', { a: 'x,}' }],
  ])('mends %j as the SDKs need it', (text, params) => {
    expect(parseRequest(text).request).toMatchObject({ id: '1', params, mended: true })
  })

  it('keeps the digits of an id in a mended message', () => {
    expect(parseRequest('{"id":12345678901234567890,}').request?.idText).toBe('12345678901234567890')
  })

  it.each([
    ['{"id":"1","params":"{}"}', {}],
    ['{"id":"1","params":"[\\"a\\"]"}', ['a']],
    ['{"id":"1","params":"{broken"}', '{broken'],
    ['{"id":"1","params":"text"}', 'text'],
    ['{"id":"1"}', undefined],
  ])('unpacks the params of %s', (text, params) => {
    expect(parseRequest(text).request?.params).toEqual(params)
  })

  it.each(['', 'hello', '{', '{"id":', '{"id":"1"', '{\'id\':1}', '\u0000\u0001', '{"id":1}{"id":2}'])('calls %j no JSON', (text) => {
    expect(parseRequest(text)).toEqual({ problem: 'not JSON' })
  })

  it.each(['1', 'null', '[1]', 'true', '"id"'])('calls %s no object', (text) => {
    expect(parseRequest(text)).toEqual({ problem: 'not an object' })
  })

  it('takes apart any bytes without throwing, and any large broken payload in one pass', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const { request, problem } = parseRequest(Buffer.from(bytes).toString())
      return (request === undefined) !== (problem === undefined)
    }))
    const pieces = fc.array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"id"', '"params"', '"', '\\', '1', ' ', '\0', '\uFEFF'), { maxLength: 14 })
    fc.assert(fc.property(pieces, (list) => {
      const { request, problem } = parseRequest(list.join(''))
      return (request === undefined) !== (problem === undefined)
    }), { numRuns: 2000 })
    for (const large of [`"${'\\"'.repeat(120_000)}`, ','.repeat(250_000), '['.repeat(250_000), `{"a":"${'x'.repeat(250_000)}`, `{"a":1${', '.repeat(100_000)}}`])
      expect(parseRequest(large)).toEqual({ problem: 'not JSON' })
  })
})

describe('rawNumberAt', () => {
  const json = '{ "params" : {"Total":{"time":1,"value": 9007199254740993 },"Pos":{"far":12345678901234567890,"s":"}\\""},"Total2":-1.50e3} }'

  it.each([
    [['params', 'Total', 'value'], '9007199254740993'],
    [['params', 'Pos', 'far'], '12345678901234567890'],
    [['params', 'Total2'], '-1.50e3'],
    [['params', 'Pos', 's'], undefined],
    [['params', 'Pos', 'far', 'deeper'], undefined],
    [['value'], undefined],
    [['params', 'Tot'], undefined],
  ])('finds %j', (path, digits) => {
    expect(rawNumberAt(json, path)).toBe(digits)
  })

  it('finds every number of any JSON object as it was written', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.jsonValue())), (object) => {
      const text = JSON.stringify(object)
      for (const [key, value] of Object.entries(JSON.parse(text) as object)) {
        // A key written with escapes is not found, which costs the digits and nothing else.
        const isPlain = JSON.stringify(key) === `"${key}"`
        expect(rawNumberAt(text, [key])).toBe(typeof value === 'number' && isPlain ? JSON.stringify(value) : undefined)
      }
    }))
  })
})

describe('buildReply', () => {
  it('writes the members in the cloud\'s order without a blank', () => {
    expect(buildReply({ code: 200, idText: '"101"', method: 'thing.event.property.post' }))
      .toBe('{"code":200,"data":{},"id":"101","message":"success","method":"thing.event.property.post","version":"1.0"}')
  })

  it('writes an error like a success', () => {
    expect(buildReply({ code: 460, idText: '1024', method: 'thing.topo.add', message: 'request parameter error' }))
      .toBe('{"code":460,"data":{},"id":1024,"message":"request parameter error","method":"thing.topo.add","version":"1.0"}')
  })

  it('writes data compactly and an id that is missing as empty text', () => {
    expect(buildReply({ code: 200, idText: '', method: 'm', data: { Foo: 'tsl parse: params not exist -> Foo' } }))
      .toBe('{"code":200,"data":{"Foo":"tsl parse: params not exist -> Foo"},"id":"","message":"success","method":"m","version":"1.0"}')
  })

  it('is read back by parseReply', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 110_000 }), fc.string(), fc.string(), fc.dictionary(fc.string(), fc.string()), (code, id, message, data) => {
      const text = buildReply({ code, idText: JSON.stringify(id), method: 'm', data, message })
      expect(parseReply(text)).toEqual({ id, code, data: JSON.parse(JSON.stringify(data)), message })
    }))
  })
})

describe('parseReply', () => {
  it('reads what devices send', () => {
    expect(parseReply('{"id":"884215097","code":200,"data":{}}')).toEqual({ id: '884215097', code: 200, data: {}, message: undefined })
    expect(parseReply('{"id":7,"code":"1000","data":null,"message":"ok"}')).toEqual({ id: '7', code: 1000, data: null, message: 'ok' })
    expect(parseReply('"id":"5","code":200,"data":{}')).toMatchObject({ id: '5', code: 200 })
  })

  it.each(['', 'x', '[]', '{}', '{"id":"1"}', '{"id":"1","code":"abc"}', '{"id":"1","code":null}', '{"code":""}'])('finds no reply in %j', (text) => {
    expect(parseReply(text)).toBeUndefined()
  })
})
