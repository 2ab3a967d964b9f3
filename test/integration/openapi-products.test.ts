import type { IotClient } from '../support/openapi.ts'
import { describe, expect, it } from 'vitest'
import { models, startOpenApi } from '../support/openapi.ts'

type Wish = { [K in keyof InstanceType<typeof models.CreateProductRequest>]?: InstanceType<typeof models.CreateProductRequest>[K] | undefined }

/** Makes a product with a thing model, as a program does. */
async function createProduct(client: IotClient, wish: Wish = {}): Promise<string> {
  const { body } = await client.createProduct(new models.CreateProductRequest({ productName: 'Lamps', nodeType: 0, aliyunCommodityCode: 'iothub_senior', dataFormat: 1, netType: 'WIFI', ...wish }))
  expect(body).toMatchObject({ success: true })
  return body!.productKey!
}

async function listed(client: IotClient, wish: { currentPage?: number, pageSize?: number, aliyunCommodityCode?: string } = {}): Promise<unknown> {
  const { body } = await client.queryProductList(new models.QueryProductListRequest({ currentPage: 1, pageSize: 10, ...wish }))
  const { list, ...counts } = body!.data!
  return { names: list!.productInfo!.map(({ productName }) => productName), counts: { ...counts } }
}

describe('products', () => {
  it('are made with what the caller says, and told with their secret, counts and numbers', async () => {
    const { client, api } = await startOpenApi()
    const before = Date.now()
    const { body } = await client.createProduct(new models.CreateProductRequest({ productName: '路灯_1', nodeType: 0, aliyunCommodityCode: 'iothub_senior', dataFormat: 0, netType: 'CELLULAR', validateType: 2, description: 'On floor 3', categoryKey: 'Lighting' }))
    const productKey = body!.productKey!
    expect(body).toMatchObject({ success: true, data: { productKey, productName: '路灯_1', nodeType: 0, dataFormat: 0, description: 'On floor 3', authType: 'secret', aliyunCommodityCode: 'iothub_senior', id2: false } })
    await api.call('device.create', { productKey, deviceName: 'lamp-0001' })
    const { data } = (await client.queryProduct(new models.QueryProductRequest({ productKey }))).body!
    expect(data).toMatchObject({ productKey, productName: '路灯_1', nodeType: 0, dataFormat: 0, netType: 6, validateType: 2, description: 'On floor 3', categoryKey: 'Lighting', deviceCount: 1, productStatus: 'DEVELOPMENT_STATUS', owner: true, productSecret: body!.data!.productSecret })
    expect(data!.gmtCreate).toBeGreaterThanOrEqual(before)
    expect(data!.protocolType).toBeUndefined()
  })

  it('are of gateways, and of sub-devices where a protocol is named, which need no network', async () => {
    const { client, api } = await startOpenApi()
    const gateway = await createProduct(client, { productName: 'Gateways', nodeType: 1, netType: 'ETHERNET' })
    const meter = await createProduct(client, { productName: 'Meters', protocolType: 'modbus', netType: undefined })
    expect((await client.queryProduct(new models.QueryProductRequest({ productKey: gateway }))).body).toMatchObject({ data: { nodeType: 1, netType: 7 } })
    expect((await client.queryProduct(new models.QueryProductRequest({ productKey: meter }))).body).toMatchObject({ data: { nodeType: 0, protocolType: 'modbus' } })
    expect(await api.call('product.get', { productKey: meter })).toMatchObject({ nodeType: 'sub-device', protocolType: 'modbus' })
  })

  it('keep what they say of themselves when the engine is started again', async () => {
    const first = await startOpenApi()
    const productKey = await createProduct(first.client, { description: 'On floor 3', protocolType: 'ble', categoryKey: 'Lighting' })
    await first.client.createProductTags(new models.CreateProductTagsRequest({ productKey, productTag: [{ tagKey: 'room', tagValue: '102' }] }))
    await first.close()
    const { client } = await startOpenApi({ workspaceDir: first.dir })
    expect((await client.queryProduct(new models.QueryProductRequest({ productKey }))).body).toMatchObject({ data: { description: 'On floor 3', protocolType: 'ble', categoryKey: 'Lighting', netType: 3, aliyunCommodityCode: 'iothub_senior' } })
    expect((await client.listProductTags(new models.ListProductTagsRequest({ productKey }))).body).toMatchObject({ data: { productTag: [{ tagKey: 'room', tagValue: '102' }] } })
  })

  it('are listed newest first, page by page, and by whether they have a thing model', async () => {
    const { client } = await startOpenApi()
    for (const productName of ['Prod_1', 'Prod_2', 'Prod_3'])
      await createProduct(client, { productName })
    await createProduct(client, { productName: 'Bare_4', aliyunCommodityCode: undefined, dataFormat: undefined, netType: undefined })
    expect(await listed(client, { pageSize: 3 })).toEqual({ names: ['Bare_4', 'Prod_3', 'Prod_2'], counts: { currentPage: 1, pageCount: 2, pageSize: 3, total: 4 } })
    expect(await listed(client, { pageSize: 3, currentPage: 2 })).toMatchObject({ names: ['Prod_1'], counts: { currentPage: 2 } })
    expect(await listed(client, { aliyunCommodityCode: 'iothub' })).toMatchObject({ names: ['Bare_4'], counts: { total: 1 } })
    expect((await client.queryProductList(new models.QueryProductListRequest({ currentPage: 1, pageSize: 201 }))).body).toMatchObject({ success: false, code: 'iot.common.InvalidPageParams' })
  })

  it('get another name and description, and are deleted when they have no devices', async () => {
    const { client, api } = await startOpenApi()
    const productKey = await createProduct(client)
    expect((await client.updateProduct(new models.UpdateProductRequest({ productKey, productName: 'Lamps_new', description: 'new' }))).body).toMatchObject({ success: true })
    expect(await api.call('product.get', { productKey })).toMatchObject({ name: 'Lamps_new', description: 'new', netType: 'WIFI' })
    await api.call('device.create', { productKey, deviceName: 'lamp-0001' })
    expect((await client.deleteProduct(new models.DeleteProductRequest({ productKey }))).body).toMatchObject({ success: false, code: 'iot.prod.DeleteProductFailed' })
    await api.call('device.delete', { productKey, deviceName: 'lamp-0001' })
    expect((await client.deleteProduct(new models.DeleteProductRequest({ productKey }))).body).toMatchObject({ success: true })
    expect((await client.queryProduct(new models.QueryProductRequest({ productKey }))).body).toMatchObject({ success: false, code: 'iot.prod.NotExistedProduct' })
  })

  it('are refused in the cloud\'s words: a name that is taken or malformed, a kind that is not there, a long description', async () => {
    const { client, pop } = await startOpenApi()
    const productKey = await createProduct(client)
    const attempt = async (wish: object): Promise<string | undefined> => (await client.createProduct(new models.CreateProductRequest({ productName: 'Others', nodeType: 0, ...wish }))).body!.code
    expect(await attempt({ productName: 'Lamps' })).toBe('iot.prod.AlreadyExistedProductName')
    expect(await attempt({ productName: 'Two words' })).toBe('iot.prod.InvalidFormattedProductName')
    expect(await attempt({ productName: 'abc' })).toBe('iot.prod.InvalidFormattedProductName')
    expect(await attempt({ productName: '路'.repeat(16) })).toBe('iot.prod.InvalidFormattedProductName')
    expect(await attempt({ nodeType: 2 })).toBe('iot.prod.InvalidNodeType')
    expect(await attempt({ aliyunCommodityCode: 'basic' })).toBe('iot.prod.InvalidAliyunCommodityCode')
    expect(await attempt({ description: 'x'.repeat(101) })).toBe('iot.prod.LongProductDesc')
    expect(await attempt({ authType: 'x509' })).toBe('iot.prod.CreateProductFailed')
    expect(await attempt({ id2: true })).toBe('iot.prod.CreateProductFailed')
    await expect(pop('CreateProduct', { ProductName: 'Others', NodeType: 0, AliyunCommodityCode: 'iothub_senior' })).rejects.toMatchObject({ code: 'MissingParameter' })
    await expect(pop('CreateProduct', { ProductName: 'Others', NodeType: 0, AliyunCommodityCode: 'iothub_senior', DataFormat: 1 })).rejects.toMatchObject({ code: 'MissingParameter', message: expect.stringContaining('"NetType"') as string })
    await createProduct(client, { productName: 'Others' })
    expect((await client.updateProduct(new models.UpdateProductRequest({ productKey, productName: 'Others' }))).body).toMatchObject({ success: false, code: 'iot.prod.AlreadyExistedProductName' })
    expect((await client.updateProduct(new models.UpdateProductRequest({ productKey, productName: 'Lamps' }))).body).toMatchObject({ success: true })
  })
})

describe('tags of products', () => {
  it('are added, changed, listed and deleted', async () => {
    const { client } = await startOpenApi()
    const productKey = await createProduct(client)
    const list = async (): Promise<unknown> => (await client.listProductTags(new models.ListProductTagsRequest({ productKey }))).body!.data!.productTag!.map(({ tagKey, tagValue }) => `${tagKey}=${tagValue}`)
    expect((await client.createProductTags(new models.CreateProductTagsRequest({ productKey, productTag: [{ tagKey: 'room', tagValue: '三楼' }, { tagKey: 'build.no', tagValue: 'A-1' }] }))).body).toMatchObject({ success: true })
    expect(await list()).toEqual(['build.no=A-1', 'room=三楼'])
    expect((await client.updateProductTags(new models.UpdateProductTagsRequest({ productKey, productTag: [{ tagKey: 'room', tagValue: '4' }] }))).body).toMatchObject({ success: true })
    expect((await client.deleteProductTags(new models.DeleteProductTagsRequest({ productKey, productTagKey: ['build.no', 'nothing'] }))).body).toMatchObject({ success: true })
    expect(await list()).toEqual(['room=4'])
  })

  it('are refused all together, and those that are not valid are named', async () => {
    const { client } = await startOpenApi()
    const productKey = await createProduct(client)
    const tag = { tagKey: 'room', tagValue: '1' }
    expect((await client.createProductTags(new models.CreateProductTagsRequest({ productKey, productTag: [tag, { tagKey: 'no way', tagValue: 'x' }, { tagKey: 'v', tagValue: '123$' }] }))).body)
      .toMatchObject({ success: false, code: 'iot.common.InvalidParameter', invalidProductTags: { productTag: [{ tagKey: 'no way', tagValue: 'x' }, { tagKey: 'v', tagValue: '123$' }] } })
    expect((await client.listProductTags(new models.ListProductTagsRequest({ productKey }))).body!.data!.productTag).toEqual([])
    expect((await client.updateProductTags(new models.UpdateProductTagsRequest({ productKey, productTag: [tag] }))).body).toMatchObject({ success: false, invalidProductTags: { productTag: [tag] } })
    await client.createProductTags(new models.CreateProductTagsRequest({ productKey, productTag: [tag] }))
    expect((await client.createProductTags(new models.CreateProductTagsRequest({ productKey, productTag: [tag] }))).body).toMatchObject({ success: false, invalidProductTags: { productTag: [tag] } })
    expect((await client.listProductTags(new models.ListProductTagsRequest({ productKey: 'a1Nothing' }))).body).toMatchObject({ success: false, code: 'iot.prod.NotExistedProduct' })
  })

  it('find the products that have one of them, newest first', async () => {
    const { client } = await startOpenApi()
    const keys: string[] = []
    for (const [index, tagValue] of ['1', '2', '1'].entries()) {
      keys.push(await createProduct(client, { productName: `Prod_${index}`, description: `no ${index}` }))
      await client.createProductTags(new models.CreateProductTagsRequest({ productKey: keys[index], productTag: [{ tagKey: 'room', tagValue }] }))
    }
    const find = async (...productTag: { tagKey: string, tagValue?: string }[]): Promise<unknown> => (await client.listProductByTags(new models.ListProductByTagsRequest({ currentPage: 1, pageSize: 2, productTag }))).body!.productInfos!.productInfo!.map(({ productKey }) => keys.indexOf(productKey!))
    expect(await find({ tagKey: 'room', tagValue: '1' })).toEqual([2, 0])
    expect(await find({ tagKey: 'room' })).toEqual([2, 1])
    expect(await find({ tagKey: 'room', tagValue: '2' }, { tagKey: 'else' })).toEqual([1])
    await client.deleteProduct(new models.DeleteProductRequest({ productKey: keys[1] }))
    expect(await find({ tagKey: 'room', tagValue: '2' })).toEqual([])
  })
})

describe('categories of custom topics', () => {
  it('are made, changed, told and deleted', async () => {
    const { client, api } = await startOpenApi()
    const productKey = await createProduct(client)
    const { body } = await client.createProductTopic(new models.CreateProductTopicRequest({ productKey, topicShortName: 'alarm/raise', operation: 'PUB', desc: 'Alarms' }))
    expect(body).toMatchObject({ success: true, topicId: expect.any(Number) as number })
    const topicId = String(body!.topicId)
    const told = async (): Promise<unknown> => (await client.queryProductTopic(new models.QueryProductTopicRequest({ productKey }))).body!.data!.productTopicInfo!.find(({ id }) => id === topicId)
    expect(await told()).toMatchObject({ desc: 'Alarms', operation: '0', productKey, topicShortName: `/${productKey}/\${deviceName}/user/alarm/raise` })
    expect((await client.updateProductTopic(new models.UpdateProductTopicRequest({ topicId, operation: 'ALL', topicShortName: 'user/alarm', desc: 'All' }))).body).toMatchObject({ success: true })
    expect(await told()).toMatchObject({ desc: 'All', operation: '2', topicShortName: `/${productKey}/\${deviceName}/user/alarm` })
    expect((await client.deleteProductTopic(new models.DeleteProductTopicRequest({ topicId }))).body).toMatchObject({ success: true })
    expect(await told()).toBeUndefined()
    expect((await api.call('topic.list', { productKey })).topics).toHaveLength(3)
  })

  it('are refused in the cloud\'s words', async () => {
    const { client, pop } = await startOpenApi()
    const productKey = await createProduct(client)
    const create = async (topicShortName: string): Promise<string | undefined> => (await client.createProductTopic(new models.CreateProductTopicRequest({ productKey, topicShortName, operation: 'PUB' }))).body!.code
    expect(await create('up')).toBeUndefined()
    expect(await create('up')).toBe('iot.messagebroker.TopicAlreadyFound')
    expect(await create('a//b')).toBe('iot.messagebroker.InvalidFormattedTopicName')
    expect((await client.deleteProductTopic(new models.DeleteProductTopicRequest({ topicId: '4711' }))).body).toMatchObject({ code: 'iot.messagebroker.TopicTemplateIsNotFound' })
    const byDefault = (await client.queryProductTopic(new models.QueryProductTopicRequest({ productKey }))).body!.data!.productTopicInfo![0]!.id
    expect((await client.deleteProductTopic(new models.DeleteProductTopicRequest({ topicId: byDefault }))).body).toMatchObject({ success: false })
    await expect(pop('CreateProductTopic', { ProductKey: productKey, TopicShortName: 'z', Operation: 'PUB', EnableProxySubscribe: true })).rejects.toMatchObject({ code: 'iot.common.InvalidParameter' })
  })
})
