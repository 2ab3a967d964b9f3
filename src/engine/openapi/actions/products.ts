import type { ProductSummary } from '../../../shared/contract/product.ts'
import type { Action } from '../action.ts'
import { netTypes } from '../../../shared/contract/product.ts'
import { limits } from '../../../shared/limits.ts'
import { action } from '../action.ts'
import { pageCounts, pageOf, paging } from '../answers.ts'
import { ApiFailure } from '../failure.ts'
import { boolean, initially, integer, invalid, missing, required, text } from '../parameter.ts'
import { netTypeNumbers, nodeTypeNumber, validateTypeNumbers } from './product-numbers.ts'

const productKey = required(text('The product.'))
const nameCode = 'iot.prod.InvalidFormattedProductName'
const description = text('In up to 100 characters.', { max: limits.productDescriptionCharsMax, code: 'iot.prod.LongProductDesc' })
const commodityCode = text('`iothub_senior` for products with a thing model, `iothub` for those without.', { oneOf: ['iothub_senior', 'iothub'], code: 'iot.prod.InvalidAliyunCommodityCode' })

/** The cloud's form of product names: 4 to 30 characters, Chinese and Japanese ones counted twice. */
function checkName(name: string): void {
  const length = name.length + (name.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0)
  if (length < 4 || length > 30 || !/^[\w\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\-@()]+$/u.test(name))
    throw invalid('ProductName', { code: nameCode }, '4 to 30 letters, digits, Chinese or Japanese characters (counted twice), underscores, hyphens, @ or brackets', name)
}

/** What every answer with a product says of it. */
function present({ productKey, name, nodeType, dataFormat, description }: ProductSummary): { AuthType: string, DataFormat: number, Description: string, NodeType: number, ProductKey: string, ProductName: string } {
  return { AuthType: 'secret', DataFormat: dataFormat === 'raw' ? 0 : 1, Description: description, NodeType: nodeTypeNumber(nodeType), ProductKey: productKey, ProductName: name }
}

/** What the devices of a product of sub-devices speak with their gateway; one that was made elsewhere may not say it. */
function protocolOf({ nodeType, protocolType }: ProductSummary): string | undefined {
  return protocolType ?? (nodeType === 'sub-device' ? 'customize' : undefined)
}

function commodityOf({ usesModel }: ProductSummary): string {
  return usesModel ? 'iothub_senior' : 'iothub'
}

/** Products. */
export const productActions: Action[] = [
  action({
    name: 'CreateProduct',
    group: 'product',
    about: 'Makes a product. With ProtocolType its devices are sub-devices, which connect through a gateway.',
    parameters: {
      ProductName: required(text('4 to 30 letters, digits, Chinese characters, underscores, hyphens, @ or brackets; no other product may have it.')),
      NodeType: required(integer('0: its devices have no sub-devices, 1: they are gateways.', { oneOf: [0, 1], code: 'iot.prod.InvalidNodeType' })),
      AliyunCommodityCode: commodityCode,
      DataFormat: integer('What its devices send, needed with iothub_senior. 0: bytes that a script parses, 1: Alink.', { oneOf: [0, 1] }),
      NetType: text('How its devices reach the network, needed with iothub_senior unless they are sub-devices; it is only kept.', { oneOf: [...netTypes] }),
      ProtocolType: text('For sub-devices: what they speak with their gateway, such as `modbus`, `opc-ua`, `ble`, `zigbee` or `customize`; it is only kept.', { max: 64 }),
      ValidateType: initially(integer('How reports are checked. 1: weakly, 2: not at all.', { oneOf: [1, 2] }), 1),
      Description: description,
      AuthType: initially(text('How devices prove who they are; `id2` and `x509` are not here.', { oneOf: ['secret'], code: 'iot.prod.CreateProductFailed' }), 'secret'),
      Id2: boolean('ID² is not here: true is refused.'),
      CategoryKey: text('The standard category. It is kept; no features are copied from it.', { max: 128 }),
      PublishAuto: boolean('Without effect: a thing model is published by PublishThingModel.'),
      JoinPermissionId: text('Without effect: there is no LoRaWAN.'),
    },
    answer: {
      Data: { AliyunCommodityCode: 's', AuthType: 's', DataFormat: 'i', Description: 's', Id2: 'b', NodeType: 'i', ProductKey: 's', ProductName: 's', ProductSecret: 's', ProtocolType: 's' },
      ProductKey: 's',
    },
    fields: { name: 'ProductName' },
    async run({ ProductName, NodeType, AliyunCommodityCode, DataFormat, NetType, ProtocolType, ValidateType, Description, Id2, CategoryKey }, { call }) {
      checkName(ProductName)
      if (Id2 === true)
        throw new ApiFailure('iot.prod.CreateProductFailed', 'Products with ID² are not here: leave Id2 out.')
      const usesModel = AliyunCommodityCode === 'iothub_senior'
      const isSubDevice = NodeType === 0 && ProtocolType !== undefined
      if (usesModel && DataFormat === undefined)
        throw missing('DataFormat')
      if (usesModel && NetType === undefined && !isSubDevice)
        throw missing('NetType')
      const product = await call('product.create', {
        name: ProductName,
        nodeType: NodeType === 1 ? 'gateway' : isSubDevice ? 'sub-device' : 'device',
        validation: ValidateType === 2 ? 'none' : 'weak',
        dataFormat: DataFormat === 0 ? 'raw' : 'alink',
        description: Description ?? '',
        netType: netTypes.find(name => name === NetType) ?? null,
        protocolType: ProtocolType ?? null,
        categoryKey: CategoryKey ?? null,
        usesModel,
        uniqueName: true,
      })
      return {
        Data: { ...present(product), AliyunCommodityCode: commodityOf(product), Id2: false, ProductSecret: product.productSecret, ProtocolType: protocolOf(product) },
        ProductKey: product.productKey,
      }
    },
  }),
  action({
    name: 'UpdateProduct',
    group: 'product',
    about: 'Changes the name or the description of a product.',
    parameters: { ProductKey: productKey, ProductName: text('As for CreateProduct.'), Description: description },
    answer: {},
    fields: { name: 'ProductName' },
    async run({ ProductKey, ProductName, Description }, { call }) {
      if (ProductName !== undefined)
        checkName(ProductName)
      await call('product.update', { productKey: ProductKey, name: ProductName, description: Description, uniqueName: true })
      return {}
    },
  }),
  action({
    name: 'QueryProduct',
    group: 'product',
    about: 'One product.',
    parameters: { ProductKey: productKey },
    answer: {
      Data: {
        AliyunCommodityCode: 's',
        AuthType: 's',
        CategoryKey: 's',
        CategoryName: 's',
        DataFormat: 'i',
        Description: 's',
        DeviceCount: 'i',
        GmtCreate: 'l',
        Id2: 'b',
        NetType: 'i',
        NodeType: 'i',
        Owner: 'b',
        ProductKey: 's',
        ProductName: 's',
        ProductSecret: 's',
        ProductStatus: 's',
        ProtocolType: 's',
        ValidateType: 'i',
      },
    },
    async run({ ProductKey }, { call }) {
      const product = await call('product.get', { productKey: ProductKey })
      return {
        Data: {
          ...present(product),
          AliyunCommodityCode: commodityOf(product),
          CategoryKey: product.categoryKey ?? undefined,
          DeviceCount: product.deviceCount,
          GmtCreate: product.createdAt,
          Id2: false,
          NetType: product.netType === null ? undefined : netTypeNumbers[product.netType],
          Owner: true,
          ProductSecret: product.productSecret,
          ProductStatus: 'DEVELOPMENT_STATUS',
          ProtocolType: protocolOf(product),
          ValidateType: validateTypeNumbers[product.validation],
        },
      }
    },
  }),
  action({
    name: 'QueryProductList',
    group: 'product',
    about: 'Lists the products, newest first.',
    parameters: { ...paging({ max: 200 }), AliyunCommodityCode: commodityCode },
    answer: {
      Data: {
        CurrentPage: 'i',
        List: { ProductInfo: [{ AuthType: 's', DataFormat: 'i', Description: 's', DeviceCount: 'i', GmtCreate: 'l', NodeType: 'i', ProductKey: 's', ProductName: 's' }] },
        PageCount: 'i',
        PageSize: 'i',
        Total: 'i',
      },
    },
    async run({ AliyunCommodityCode, ...page }, { call }) {
      const all = (await call('product.list', {})).filter(product => AliyunCommodityCode === undefined || commodityOf(product) === AliyunCommodityCode)
      const ProductInfo = pageOf(all, page).map(product => ({ ...present(product), DeviceCount: product.deviceCount, GmtCreate: product.createdAt }))
      return { Data: { CurrentPage: page.CurrentPage, List: { ProductInfo }, ...pageCounts(page, all.length) } }
    },
  }),
  action({
    name: 'DeleteProduct',
    group: 'product',
    about: 'Deletes a product that has no devices.',
    parameters: { ProductKey: productKey },
    answer: {},
    async run({ ProductKey }, { call }) {
      await call('product.delete', { productKey: ProductKey })
      return {}
    },
  }),
]
