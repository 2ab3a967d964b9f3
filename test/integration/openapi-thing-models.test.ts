import type { IotClient } from '../support/openapi.ts'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { models, startOpenApi } from '../support/openapi.ts'

function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/thing-models/${name}.tsl.json`, import.meta.url), 'utf8')
}

async function createProduct(client: IotClient, productName = 'Pumps', dataFormat = 1): Promise<string> {
  return (await client.createProduct(new models.CreateProductRequest({ productName, nodeType: 0, aliyunCommodityCode: 'iothub_senior', dataFormat, netType: 'WIFI' }))).body!.productKey!
}

async function publish(client: IotClient, productKey: string, modelVersion?: string, description?: string): Promise<void> {
  expect((await client.publishThingModel(new models.PublishThingModelRequest({ productKey, modelVersion, description }))).body).toMatchObject({ success: true })
}

interface Json { [key: string]: unknown }

async function query(client: IotClient, productKey: string, wish: { functionBlockId?: string, modelVersion?: string } = {}): Promise<Json> {
  const { body } = await client.queryThingModel(new models.QueryThingModelRequest({ productKey, ...wish }))
  expect(body).toMatchObject({ success: true, productKey })
  return JSON.parse(body!.data!.thingModelJson!) as Json
}

function identifiers({ properties, services, events }: Json): string[] {
  return [properties, services, events].flatMap(list => (list as { identifier: string }[]).map(({ identifier }) => identifier))
}

const level = { identifier: 'Level', name: 'Level', custom: true, required: false, rwFlag: 'READ_WRITE', dataType: 'INT', dataSpecs: { dataType: 'INT', custom: true, min: '0', max: '100', step: '1', unit: '%' } }
const drain = { identifier: 'Drain', serviceName: 'Drain', custom: true, required: false, callType: 'SYNC', inputParams: [{ identifier: 'Seconds', name: 'Seconds', custom: true, direction: 'PARAM_INPUT', paraOrder: 0, dataType: 'INT', dataSpecs: { dataType: 'INT', min: '1', max: '60', step: '1' } }], outputParams: [] }
const spill = { identifier: 'Spill', eventName: 'Spill', custom: true, required: false, eventType: 'ALERT_EVENT_TYPE', outputdata: [{ identifier: 'Kind', name: 'Kind', custom: true, direction: 'PARAM_OUTPUT', paraOrder: 0, dataType: 'ENUM', dataSpecsList: [{ dataType: 'ENUM', name: 'small', value: 0 }, { dataType: 'ENUM', name: 'large', value: 1 }] }] }

describe('thing models as documents', () => {
  it('are imported into the draft, published as versions, and told back as they came', async () => {
    const { client, api } = await startOpenApi()
    const productKey = await createProduct(client)
    expect((await client.importThingModelTsl(new models.ImportThingModelTslRequest({ productKey, tslStr: fixture('pump-station') }))).body).toMatchObject({ success: true })
    expect((await api.call('product.get', { productKey })).propertyCount).toBe(0)
    expect((await client.getThingModelTslPublished(new models.GetThingModelTslPublishedRequest({ productKey }))).body).toMatchObject({ success: false })
    await publish(client, productKey, 'v1.0.0', 'first')
    expect((await api.call('product.get', { productKey })).propertyCount).toBe(11)
    await client.importThingModelTsl(new models.ImportThingModelTslRequest({ productKey, tslStr: fixture('reduced') }))
    const told = async (request: object, isPublished = false): Promise<Json> => {
      const { body } = isPublished
        ? await client.getThingModelTslPublished(new models.GetThingModelTslPublishedRequest({ productKey, ...request }))
        : await client.getThingModelTsl(new models.GetThingModelTslRequest({ productKey, ...request }))
      return JSON.parse(body!.data!.tslStr!) as Json
    }
    const { properties, services, events } = JSON.parse(fixture('pump-station')) as Json
    expect(await told({}, true)).toMatchObject({ profile: { productKey }, properties, services, events })
    expect(await told({ modelVersion: 'v1.0.0' })).toMatchObject({ properties })
    expect(identifiers(await told({}))).toContain('Drain')
    expect((await told({ modelVersion: 'v1.0.0', simple: true })).properties).toContainEqual({ identifier: 'Label', dataType: { type: 'text', specs: { length: '12' } } })
    await publish(client, productKey)
    const { body } = await client.listThingModelVersion(new models.ListThingModelVersionRequest({ productKey }))
    expect(body!.data!.modelVersions).toMatchObject([{ modelVersion: 'v1.0.1', description: '', gmtCreate: expect.any(Number) as number }, { modelVersion: 'v1.0.0', description: 'first' }])
  })

  it('have custom modules, which are addressed by their ids', async () => {
    const { client } = await startOpenApi()
    const productKey = await createProduct(client)
    await client.importThingModelTsl(new models.ImportThingModelTslRequest({ productKey, tslStr: fixture('pump-station') }))
    const plain = JSON.stringify({ ...JSON.parse(fixture('pump-station.motor')) as Json, functionBlockId: undefined, functionBlockName: undefined })
    expect((await client.importThingModelTsl(new models.ImportThingModelTslRequest({ productKey, tslStr: plain, functionBlockId: 'motor', functionBlockName: 'Motor' }))).body).toMatchObject({ success: true })
    expect(await query(client, productKey, { functionBlockId: 'motor' })).toMatchObject({ functionBlockId: 'motor', functionBlockName: 'Motor', properties: [{ identifier: 'Speed' }], events: [{ identifier: 'Stall' }] })
    expect(await query(client, productKey)).toMatchObject({ functionBlocks: [{ functionBlockId: 'motor', functionBlockName: 'Motor', productKey }] })
    const { body } = await client.getThingModelTsl(new models.GetThingModelTslRequest({ productKey, functionBlockId: 'motor' }))
    expect(JSON.parse(body!.data!.tslStr!)).toMatchObject({ functionBlockId: 'motor', events: [{ identifier: 'post' }, { method: 'thing.event.motor:Stall.post' }] })
    expect((await client.queryThingModel(new models.QueryThingModelRequest({ productKey, functionBlockId: 'engine' }))).body).toMatchObject({ success: false, code: 'iot.common.InvalidParameter' })
  })

  it('are copied into the draft of another product', async () => {
    const { client } = await startOpenApi()
    const [source, target] = [await createProduct(client), await createProduct(client, 'Others')]
    await client.importThingModelTsl(new models.ImportThingModelTslRequest({ productKey: source, tslStr: fixture('reduced') }))
    await publish(client, source, '1.0')
    expect((await client.copyThingModel(new models.CopyThingModelRequest({ sourceProductKey: source, sourceModelVersion: '1.0', targetProductKey: target }))).body).toMatchObject({ success: true })
    const copied = await query(client, target)
    expect(copied.productKey).toBe(target)
    expect(identifiers(copied)).toEqual(identifiers(await query(client, source)))
    await publish(client, target)
    expect((await client.copyThingModel(new models.CopyThingModelRequest({ sourceProductKey: source, sourceModelVersion: '9', targetProductKey: target }))).body).toMatchObject({ success: false, code: 'iot.common.InvalidParameter' })
  })

  it('are refused with the place of the fault, and are not fetched from an address', async () => {
    const { client } = await startOpenApi()
    const productKey = await createProduct(client)
    expect((await client.importThingModelTsl(new models.ImportThingModelTslRequest({ productKey, tslStr: fixture('broken') }))).body).toMatchObject({ success: false, code: 'iot.common.InvalidParameter', errorMessage: expect.stringContaining('properties[0].dataType.specs.max') as string })
    expect((await client.importThingModelTsl(new models.ImportThingModelTslRequest({ productKey, tslUrl: 'http://127.0.0.1/tsl.json' }))).body).toMatchObject({ success: false, errorMessage: expect.stringContaining('TslStr') as string })
    expect((await client.publishThingModel(new models.PublishThingModelRequest({ productKey }))).body).toMatchObject({ success: false, code: 'iot.common.InvalidParameter' })
  })
})

describe('features of a thing model', () => {
  it('are added to the draft, replaced and deleted, and hold for devices once they are published', async () => {
    const { client, api } = await startOpenApi()
    const productKey = await createProduct(client)
    expect(identifiers(await query(client, productKey))).toEqual([])
    expect((await client.createThingModel(new models.CreateThingModelRequest({ productKey, thingModelJson: JSON.stringify({ properties: [level], services: [drain], events: [spill] }) }))).body).toMatchObject({ success: true })
    expect(await query(client, productKey)).toMatchObject({ productKey, properties: [level], services: [drain], events: [spill] })
    expect((await api.call('product.get', { productKey })).propertyCount).toBe(0)
    expect((await client.updateThingModel(new models.UpdateThingModelRequest({ productKey, identifier: 'Level', thingModelJson: JSON.stringify({ properties: [{ ...level, identifier: 'Height', name: 'Height' }] }) }))).body).toMatchObject({ success: true })
    expect((await client.updateThingModel(new models.UpdateThingModelRequest({ productKey, identifier: 'Spill', thingModelJson: JSON.stringify({ events: [{ ...spill, eventType: 'ERROR_EVENT_TYPE' }] }) }))).body).toMatchObject({ success: true })
    expect((await client.deleteThingModel(new models.DeleteThingModelRequest({ productKey, serviceIdentifier: ['Drain'] }))).body).toMatchObject({ success: true })
    expect(await query(client, productKey)).toMatchObject({ properties: [{ identifier: 'Height' }], services: [], events: [{ eventType: 'ERROR_EVENT_TYPE' }] })
    await publish(client, productKey, '1.0', 'first')
    const { body } = await client.queryThingModelPublished(new models.QueryThingModelPublishedRequest({ productKey }))
    expect(JSON.parse(body!.data!.thingModelJson!)).toMatchObject({ _ppk: { version: '1.0', description: 'first' }, properties: [{ identifier: 'Height' }] })
    expect(await api.call('product.get', { productKey })).toMatchObject({ propertyCount: 1, eventCount: 1, serviceCount: 0 })
  })

  it('are added to a custom module, which is made with the first and can be renamed', async () => {
    const { client, api } = await startOpenApi()
    const productKey = await createProduct(client)
    expect((await client.createThingModel(new models.CreateThingModelRequest({ productKey, functionBlockId: 'tank', functionBlockName: 'Tank_1', thingModelJson: JSON.stringify({ properties: [level] }) }))).body).toMatchObject({ success: true })
    expect((await client.updateThingModel(new models.UpdateThingModelRequest({ productKey, functionBlockId: 'tank', functionBlockName: 'Tank_2' }))).body).toMatchObject({ success: true })
    expect(await query(client, productKey, { functionBlockId: 'tank' })).toMatchObject({ functionBlockName: 'Tank_2', properties: [level] })
    await publish(client, productKey)
    expect((await api.call('product.get', { productKey })).modules).toMatchObject([{ functionBlockId: 'tank', functionBlockName: 'Tank_2', propertyCount: 1 }])
    expect((await client.deleteThingModel(new models.DeleteThingModelRequest({ productKey, functionBlockId: 'motor', propertyIdentifier: ['Level'] }))).body).toMatchObject({ success: false, code: 'iot.common.InvalidParameter' })
  })

  it('are all added when programs add them at the same time', async () => {
    const { client } = await startOpenApi()
    const productKey = await createProduct(client)
    const names = Array.from({ length: 8 }, (_, index) => `Level${index}`)
    await Promise.all(names.map(identifier => client.createThingModel(new models.CreateThingModelRequest({ productKey, thingModelJson: JSON.stringify({ properties: [{ ...level, identifier }] }) }))))
    expect(identifiers(await query(client, productKey)).sort()).toEqual(names)
  })

  it('are refused with their place, what was expected and what came, and the draft stays as it was', async () => {
    const { client, api } = await startOpenApi()
    const productKey = await createProduct(client)
    const create = async (model: unknown): Promise<unknown> => {
      const { body } = await client.createThingModel(new models.CreateThingModelRequest({ productKey, thingModelJson: typeof model === 'string' ? model : JSON.stringify(model) }))
      return body!.success === true ? 'made' : `${body!.code}: ${body!.errorMessage}`
    }
    expect(await create({ properties: [level] })).toBe('made')
    expect(await create({ properties: [level] })).toBe('iot.common.InvalidParameter: properties[0].identifier: expected an identifier that no property of the module has, got text "Level".')
    expect(await create({ properties: [{ ...level, identifier: 'Other', rwFlag: 'rw' }] })).toBe('iot.common.InvalidParameter: properties[0].rwFlag: expected one of READ_ONLY, READ_WRITE, WRITE_ONLY, got text "rw".')
    expect(await create({ services: [{ ...drain, inputParams: [{ ...drain.inputParams[0], dataSpecs: { min: 'none' } }] }] })).toBe('iot.common.InvalidParameter: services[0].inputParams[0].dataSpecs.min: expected a whole number, written as text, got text "none".')
    expect(await create('{')).toMatch(/^iot\.common\.InvalidParameter: line 1/)
    expect((await client.updateThingModel(new models.UpdateThingModelRequest({ productKey, identifier: 'Nothing', thingModelJson: JSON.stringify({ properties: [level] }) }))).body).toMatchObject({ success: false, errorMessage: expect.stringContaining('"Nothing"') as string })
    expect((await client.deleteThingModel(new models.DeleteThingModelRequest({ productKey, propertyIdentifier: ['Level', 'Nothing'] }))).body).toMatchObject({ success: false })
    expect(identifiers(await query(client, productKey))).toEqual(['Level'])
    await api.call('settings.set', { name: 'limits.applyCloud', value: true })
    expect(await create({ properties: Array.from({ length: 11 }, (_, index) => ({ ...level, identifier: `L${index}` })) })).toMatch(/^iot\.common\.LimitReached: One call adds at most 10 features, got 11\./)
  })
})

describe('scripts of products with a custom data format', () => {
  const script = 'function rawDataToProtocol(bytes) { return {} }\nfunction protocolToRawData(json) { return [] } // 说明'

  it('run once they are made, are replaced, and are told in an address that holds the text', async () => {
    const { client, api } = await startOpenApi()
    const productKey = await createProduct(client, 'Probes', 0)
    const told = async (): Promise<unknown> => {
      const { body } = await client.getThingScript(new models.GetThingScriptRequest({ productKey }))
      return body!.data === undefined ? null : { type: body!.data.scriptType, text: await (await fetch(body!.data.scriptUrl!)).text() }
    }
    expect(await told()).toBeNull()
    expect((await client.createThingScript(new models.CreateThingScriptRequest({ productKey, scriptContent: script, scriptType: 'JavaScript' }))).body).toMatchObject({ success: true })
    expect(await told()).toEqual({ type: 'JavaScript', text: script })
    expect((await client.updateThingScript(new models.UpdateThingScriptRequest({ productKey, scriptContent: `${script}!`, scriptType: 'JavaScript' }))).body).toMatchObject({ success: true })
    expect(await api.call('script.get', { productKey })).toMatchObject({ submitted: { text: `${script}!`, version: 2 } })
  })

  it('are refused in other languages, and for a product that speaks Alink', async () => {
    const { client } = await startOpenApi()
    const [raw, alink] = [await createProduct(client, 'Probes', 0), await createProduct(client)]
    expect((await client.createThingScript(new models.CreateThingScriptRequest({ productKey: raw, scriptContent: 'x', scriptType: 'PHP_72' }))).body).toMatchObject({ success: false, code: 'iot.common.InvalidParameter' })
    expect((await client.createThingScript(new models.CreateThingScriptRequest({ productKey: alink, scriptContent: script, scriptType: 'JavaScript' }))).body).toMatchObject({ success: false, code: 'iot.common.InvalidParameter' })
  })
})
