import { createHash, createHmac, randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { signRpc } from '../../src/engine/openapi/signature.ts'
import { limits } from '../../src/shared/limits.ts'
import { percentEncode } from '../../src/shared/rpc-signature.ts'
import { connectClient, connectPop, models, startOpenApi } from '../support/openapi.ts'

/** The cloud's error for a call, as its client library throws it. */
async function refusalOf(call: Promise<unknown>): Promise<{ code: string, status?: number, message: string }> {
  const error = await call.then(() => { throw new Error('the call succeeded') }, (thrown: Error & { code: string, data?: { statusCode?: number } }) => thrown)
  return { code: error.code, message: error.message, ...(error.data?.statusCode !== undefined && { status: error.data.statusCode }) }
}

/** A signed query for GET, by hand. */
function signedQuery(secret: string, parameters: Record<string, string>): string {
  const all = new Map(Object.entries(parameters))
  all.set('Signature', signRpc({ method: 'GET', parameters: all }, secret).signature)
  return [...all].map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`).join('&')
}

function commonParameters(accessKeyId: string): Record<string, string> {
  return { AccessKeyId: accessKeyId, Action: 'QueryProductList', Format: 'JSON', SignatureMethod: 'HMAC-SHA1', SignatureNonce: randomUUID(), SignatureVersion: '1.0', Timestamp: new Date().toISOString().replace(/\.\d+/, ''), Version: '2018-01-20', CurrentPage: '1', PageSize: '10' }
}

describe('a client of the cloud', () => {
  it('is believed by its signature in headers, and by its signature in parameters, with GET and with POST', async () => {
    const { client, pop, url, key } = await startOpenApi()
    const request = new models.QueryProductListRequest({ currentPage: 1, pageSize: 10 })
    expect((await client.queryProductList(request)).body).toMatchObject({ success: true, data: { total: 0 } })
    expect((await connectClient(url, key, { signatureAlgorithm: 'v2' }).queryProductList(request)).body).toMatchObject({ success: true })
    expect(await pop('QueryProductList', { CurrentPage: 1, PageSize: 10 })).toMatchObject({ Success: true, RequestId: expect.stringMatching(/^[0-9A-F-]{36}$/) })
    expect(await pop('QueryProductList', { CurrentPage: 1, PageSize: 10 }, 'POST')).toMatchObject({ Success: true })
  })

  it('is told of a key that is not there, and of one that was deleted', async () => {
    const { url, key, api, pop } = await startOpenApi()
    expect(await refusalOf(connectPop(url, { ...key, accessKeyId: 'TBnobody' })('QueryProductList'))).toMatchObject({ code: 'InvalidAccessKeyId.NotFound' })
    expect(await refusalOf(connectClient(url, { ...key, accessKeyId: 'TBnobody' }).queryProductList(new models.QueryProductListRequest({ currentPage: 1, pageSize: 10 })))).toMatchObject({ code: 'InvalidAccessKeyId.NotFound', status: 404 })
    await api.call('key.delete', { accessKeyId: key.accessKeyId })
    expect(await refusalOf(pop('QueryProductList'))).toMatchObject({ code: 'InvalidAccessKeyId.NotFound' })
  })

  it('with a wrong secret is told what was signed here, so that it can find the difference', async () => {
    const { url, key } = await startOpenApi()
    const wrong = { ...key, accessKeySecret: 'wrong' }
    for (const call of [connectPop(url, wrong)('QueryProductList'), connectPop(url, wrong)('QueryProductList', {}, 'POST'), connectClient(url, wrong).queryProductList(new models.QueryProductListRequest({ currentPage: 1, pageSize: 10 }))]) {
      const { code, message } = await refusalOf(call)
      expect(code).toBe('SignatureDoesNotMatch')
      expect(message).toMatch(/server string to sign is:(?:GET|POST)/)
    }
  })

  it('cannot use a nonce twice, nor a signature that is older than fifteen minutes', async () => {
    const { url, key } = await startOpenApi()
    const parameters = commonParameters(key.accessKeyId)
    const query = signedQuery(key.accessKeySecret, parameters)
    expect((await fetch(`${url}/?${query}`)).status).toBe(200)
    const again = await fetch(`${url}/?${query}`)
    expect([again.status, (await again.json() as { Code: string }).Code]).toEqual([400, 'SignatureNonceUsed'])
    const old = await fetch(`${url}/?${signedQuery(key.accessKeySecret, { ...parameters, SignatureNonce: 'other', Timestamp: '2025-01-01T00:00:00Z' })}`)
    expect([old.status, (await old.json() as { Code: string }).Code]).toEqual([400, 'InvalidTimeStamp.Expired'])
  })

  it('is told which parameter it lacks or has wrong, and that a name is no action', async () => {
    const { url, key, pop } = await startOpenApi()
    const { SignatureNonce: _, ...lacking } = commonParameters(key.accessKeyId)
    const answer = await fetch(`${url}/?${signedQuery(key.accessKeySecret, lacking)}`)
    expect(await answer.json()).toMatchObject({ Code: 'MissingParameter', Message: expect.stringContaining('"SignatureNonce"') as string, HostId: new URL(url).host })
    expect(await refusalOf(pop('QueryProduct'))).toMatchObject({ code: 'MissingParameter', message: expect.stringContaining('"ProductKey"') as string })
    expect(await refusalOf(pop('QueryProductList', { PageSize: 'many' }))).toMatchObject({ code: 'iot.common.InvalidPageParams', message: expect.stringContaining('PageSize') as string })
    expect(await refusalOf(pop('QueryProductLists'))).toMatchObject({ code: 'InvalidAction.NotFound' })
    const misspelled = await fetch(`${url}/?${signedQuery(key.accessKeySecret, { ...commonParameters(key.accessKeyId), Action: 'queryProductList' })}`)
    expect(await misspelled.json()).toMatchObject({ Code: 'InvalidAction.NotFound', Message: expect.stringContaining('it is written QueryProductList') as string })
    // The library capitalises the action that it signs, and not the one in its header.
    expect(await pop('queryProductList')).toMatchObject({ Success: true })
  })

  it('is told clearly, and never falsely that it succeeded, when it asks for something that is not here', async () => {
    const { client, api } = await startOpenApi()
    const refusal = await refusalOf(client.createRule(new models.CreateRuleRequest({ name: 'x' })))
    expect(refusal).toMatchObject({ code: 'NotImplemented', status: 501, message: expect.stringContaining('not implemented here') as string })
    const { records } = await api.call('log.search', { filter: { bizCodes: ['ApiService'], operation: 'CreateRule' } })
    expect(records).toMatchObject([{ code: 501, content: { Message: expect.stringContaining('not implemented here') as string } }])
  })
})

describe('the listener', () => {
  it('refuses whatever carries an Origin, also when it is well signed', async () => {
    const { url, key } = await startOpenApi()
    const query = signedQuery(key.accessKeySecret, commonParameters(key.accessKeyId))
    const refused = await fetch(`${url}/?${query}`, { headers: { Origin: url } })
    expect([refused.status, (await refused.json() as { Code: string }).Code]).toEqual([403, 'Forbidden.Origin'])
    expect((await fetch(`${url}/?${query}`)).status).toBe(200)
  })

  it('answers everything else that is no call with an error that says what was expected', async () => {
    const { url } = await startOpenApi()
    const codeOf = async (answer: Promise<Response>): Promise<unknown> => (await (await answer).json() as { Code: string }).Code
    expect(await codeOf(fetch(url))).toBe('MissingParameter')
    expect(await codeOf(fetch(`${url}/other`))).toBe('InvalidAction.NotFound')
    expect(await codeOf(fetch(url, { method: 'DELETE' }))).toBe('UnsupportedHTTPMethod')
    expect(await codeOf(fetch(`${url}/?Action=%E0%A4%A`))).toBe('InvalidParameter')
    expect(await codeOf(fetch(url, { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } }))).toBe('UnsupportedContentType')
    expect(await codeOf(fetch(url, { headers: { 'Authorization': 'Basic abc', 'x-acs-action': 'QueryProduct' } }))).toBe('InvalidAuthorization')
    expect(await codeOf(fetch(url, { method: 'POST', body: 'a'.repeat(5_000_000), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }))).toBe('RequestEntityTooLarge')
  })

  it('carries out the action that was signed, whatever a header that is not signed names', async () => {
    const { url, key, api } = await startOpenApi()
    const { productKey } = await api.call('product.create', { name: 'Lamps' })
    const query = signedQuery(key.accessKeySecret, { ...commonParameters(key.accessKeyId), Action: 'QueryProduct', ProductKey: productKey })
    const answer = await fetch(`${url}/?${query}`, { headers: { 'x-acs-action': 'DeleteProduct' } })
    expect(await answer.json()).toMatchObject({ Success: true, Data: { ProductKey: productKey } })
    expect((await api.call('openapi.calls', {})).calls.map(({ action }) => action)).toEqual(['QueryProduct'])
  })

  it('does not believe headers or a body that the signature leaves out', async () => {
    const { url, key } = await startOpenApi()
    const send = async (signed: string[], body: string, told = body): Promise<unknown> => {
      const headers: Record<string, string> = { 'host': new URL(url).host, 'x-acs-action': 'QueryProductList', 'x-acs-content-sha256': createHash('sha256').update(told).digest('hex'), 'x-acs-date': new Date().toISOString().replace(/\.\d+/, ''), 'x-acs-signature-nonce': randomUUID(), 'x-acs-version': '2018-01-20' }
      const lines = signed.map(name => `${name}:${headers[name]}\n`).join('')
      const canonical = ['POST', '/', '', lines, signed.join(';'), createHash('sha256').update(told).digest('hex')].join('\n')
      const signature = createHmac('sha256', key.accessKeySecret).update(`ACS3-HMAC-SHA256\n${createHash('sha256').update(canonical).digest('hex')}`).digest('hex')
      const answer = await fetch(url, { method: 'POST', body, headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', 'authorization': `ACS3-HMAC-SHA256 Credential=${key.accessKeyId},SignedHeaders=${signed.join(';')},Signature=${signature}` } })
      return (await answer.json() as { Code?: string }).Code
    }
    const all = ['host', 'x-acs-action', 'x-acs-content-sha256', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-version']
    expect(await send(all, 'CurrentPage=1&PageSize=10')).toBeUndefined()
    expect(await send(all.filter(name => name !== 'x-acs-action'), 'CurrentPage=1')).toBe('SignatureDoesNotMatch')
    expect(await send(all, 'CurrentPage=2', 'CurrentPage=1')).toBe('SignatureDoesNotMatch')
  })
})

describe('every call', () => {
  it('is kept with its request id, its parameters and its answer, also one that was refused, and is in the log', async () => {
    const { pop, api, url, key } = await startOpenApi()
    const good = await pop('QueryProductList', { CurrentPage: 1, PageSize: 10, Pagesize: 3 })
    await connectPop(url, { ...key, accessKeySecret: 'wrong' })('QueryProductList').catch(() => {})
    const { calls } = await api.call('openapi.calls', {})
    expect(calls).toMatchObject([
      { action: 'QueryProductList', status: 400, code: 'SignatureDoesNotMatch', style: 'RPC', httpMethod: 'GET', accessKeyId: key.accessKeyId },
      { action: 'QueryProductList', status: 200, code: '', requestId: good.RequestId },
    ])
    const detail = await api.call('openapi.callDetail', { callId: calls[1]!.callId })
    expect(detail).toMatchObject({ parameters: { CurrentPage: '1', PageSize: '10', Pagesize: '3' }, ignored: ['Pagesize'] })
    expect(JSON.parse(detail.answer)).toEqual(good)
    expect((await api.call('openapi.calls', { search: good.RequestId.slice(0, 12) })).calls).toHaveLength(1)
    expect((await api.call('openapi.calls', { state: 'failed' })).calls).toHaveLength(1)
    const { records } = await api.call('log.search', { filter: { keyword: good.RequestId } })
    expect(records).toMatchObject([{ bizCode: 'ApiService', operation: 'QueryProductList', code: 200, traceId: detail.traceId, content: { Params: { RequestId: good.RequestId } } }])
  })

  it('is told to a page that watches, and can be made by the page without a key', async () => {
    const { api } = await startOpenApi()
    const seen: string[] = []
    const stop = new AbortController()
    const watching = api.subscribe('openapi.watch', {}, ({ calls }) => {
      seen.push(...calls.map(({ action, style }) => `${action} ${style}`))
      stop.abort()
    }, { signal: stop.signal })
    const answer = await api.call('openapi.call', { action: 'QueryProductList', parameters: { CurrentPage: '1', PageSize: '10' } })
    expect(JSON.parse(answer.body)).toMatchObject({ Success: true })
    await watching
    expect(seen).toEqual(['QueryProductList none'])
  })
})

describe('the page', () => {
  it('lists the actions with their parameters and the form of their answers, and names those that are not there', async () => {
    const { api, url } = await startOpenApi()
    const listed = await api.call('openapi.actions', {})
    expect(listed.url).toBe(url)
    expect(listed.actions.find(({ name }) => name === 'QueryProductList')).toMatchObject({
      group: 'product',
      takesDevice: false,
      isLocal: false,
      parameters: expect.arrayContaining([{ name: 'PageSize', kind: 'integer', about: 'Elements of a page.', isRequired: false, initial: '10', min: 1, max: 200 }]) as unknown,
      answer: expect.stringMatching(/^\{\n {2}Data: \{\n/) as string,
    })
    expect(listed.absent).toContain('CreateRule')
  })

  it('makes as many access keys as a workspace may have, and says what it does not find', async () => {
    const { api } = await startOpenApi()
    for (let made = 1; made < limits.accessKeysMax; made++)
      await api.call('key.create', {})
    await expect(api.call('key.create', {})).rejects.toMatchObject({ code: 'limit/reached' })
    await expect(api.call('key.delete', { accessKeyId: 'TBnobody' })).rejects.toMatchObject({ code: 'key/not-found', message: expect.stringContaining('TBnobody') as string })
    await expect(api.call('openapi.callDetail', { callId: 1 })).rejects.toMatchObject({ code: 'call/not-found' })
  })
})

it('has the access keys of the workspace after a restart, and the calls', async () => {
  const first = await startOpenApi()
  await first.pop('QueryProductList')
  await first.close()
  const second = await startOpenApi({ workspaceDir: first.dir })
  expect(await connectPop(second.url, first.key)('QueryProductList')).toMatchObject({ Success: true })
  expect((await second.api.call('key.list', {})).map(({ accessKeyId }) => accessKeyId)).toEqual([second.key.accessKeyId, first.key.accessKeyId])
  expect((await second.api.call('openapi.calls', {})).calls).toHaveLength(2)
})
