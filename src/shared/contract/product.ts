import type { ModelIssue } from '../thing-model/findings.ts'
import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'

export const productKeySchema = z.string().regex(/^[A-Z0-9]{1,32}$/i, 'expected 1 to 32 letters or digits')
export const validationLevels = ['weak', 'strict', 'none'] as const
/**
 * How a product's reports are checked: `weak` drops bad properties and keeps the good ones, `strict` refuses the
 * whole report, `none` keeps everything as original data only.
 */
export type ValidationLevel = (typeof validationLevels)[number]
export const nodeTypes = ['device', 'gateway', 'sub-device'] as const
export type NodeType = (typeof nodeTypes)[number]

/**
 * What the devices of a product send: Alink JSON, or bytes of their own making (`raw`) that a script of the product turns
 * into Alink and back (Alink 5.8). It cannot be changed later.
 */
export const dataFormats = ['alink', 'raw'] as const
export type DataFormat = (typeof dataFormats)[number]

export const netTypes = ['WIFI', 'CELLULAR', 'ETHERNET', 'OTHER'] as const
/** How the devices of a product reach the network; the platform only keeps it. */
export type NetType = (typeof netTypes)[number]

export interface ProductSummary {
  productKey: string
  name: string
  nodeType: NodeType
  validation: ValidationLevel
  dataFormat: DataFormat
  createdAt: number
  description: string
  /** Null where nobody said. */
  netType: NetType | null
  /** Of a product of sub-devices: what they speak with their gateway (`modbus`, `ble` …); null where nobody said. */
  protocolType: string | null
  /** The standard category that its maker named; null where none was. */
  categoryKey: string | null
  /** It was made to have a thing model; one that was not can still get one. */
  usesModel: boolean
  deviceCount: number
  onlineCount: number
  propertyCount: number
  eventCount: number
  serviceCount: number
}

export interface Product extends ProductSummary {
  productSecret: string
  /** Devices that know only the product's secret may register. */
  dynamicRegistration: boolean
  /** The thing model in the cloud's export form, as parsed JSON text; null while the product has none. */
  modelText: string | null
  /** Every module's document in that form, the default one first. */
  documents: string[]
  /** Its custom modules, by id. */
  modules?: ProductModule[]
}

/** A custom module of a product's thing model: the names of its members carry `{functionBlockId}:` on the wire. */
export interface ProductModule {
  functionBlockId: string
  functionBlockName: string
  propertyCount: number
  eventCount: number
  serviceCount: number
}

export interface ImportResult {
  productKey: string
  productSecret: string
  name: string
  /** False when the model of an existing product was replaced. */
  created: boolean
  /** The version that the import is; null when it went into the draft. */
  version: string | null
  /** What the importer should know: the file's product key was taken, unknown fields were left out … */
  notices: string[]
}

/** Platform rule: 1 to 30 letters, digits or underscores. */
export const functionBlockIdSchema = z.string().regex(/^\w{1,30}$/, 'expected 1 to 30 letters, digits or underscores')
const nameSchema = z.string().trim().min(1).max(64)
const description = z.string().max(limits.productDescriptionCharsMax)
/** Refuse a name that another product has, as the cloud does. */
const uniqueName = z.boolean().default(false)

export const productMethods = {
  'product.list': method({
    about: 'All products with their counts, newest first.',
    input: z.strictObject({}),
    output: type<ProductSummary[]>(),
  }),
  'product.get': method({
    about: 'One product with its secret and thing model.',
    input: z.strictObject({ productKey: productKeySchema }),
    output: type<Product>(),
  }),
  'product.create': method({
    about: 'Makes a product without a thing model; the product key is made when none is given.',
    input: z.strictObject({
      name: nameSchema,
      productKey: productKeySchema.optional(),
      nodeType: z.enum(nodeTypes).default('device'),
      validation: z.enum(validationLevels).default('weak'),
      dataFormat: z.enum(dataFormats).default('alink'),
      description: description.default(''),
      netType: z.enum(netTypes).nullable().default(null),
      protocolType: z.string().min(1).max(64).nullable().default(null),
      categoryKey: z.string().min(1).max(128).nullable().default(null),
      usesModel: z.boolean().default(true),
      uniqueName,
    }),
    output: type<Product>(),
  }),
  'product.update': method({
    about: 'Changes the name, the description, the node type, the checking level or the switch for dynamic registration of a product.',
    input: z.strictObject({
      productKey: productKeySchema,
      name: nameSchema.optional(),
      /** The cloud fixes it when the product is made; relations that exist stay when it changes. */
      nodeType: z.enum(nodeTypes).optional(),
      validation: z.enum(validationLevels).optional(),
      /** Lets devices that know only the product's secret register. */
      dynamicRegistration: z.boolean().optional(),
      description: description.optional(),
      uniqueName,
    }),
    output: type<Product>(),
  }),
  'product.delete': method({
    about: 'Deletes a product that has no devices.',
    input: z.strictObject({ productKey: productKeySchema }),
    output: type<null>(),
  }),
  'product.checkModel': method({
    about: 'Reads a thing model file without importing it.',
    input: z.strictObject({
      text: z.string(),
      /** Further documents of the same product. */
      more: z.array(z.string()).max(1_000).default([]),
    }),
    output: type<{ issues: ModelIssue[], notices: string[], productKey: string | null, propertyCount: number, eventCount: number, serviceCount: number }>(),
  }),
  'product.importModel': method({
    about: 'Makes a product from a thing model file, or publishes it as a new version of an existing one; the document of a custom module is added to its product.',
    input: z.strictObject({
      text: z.string(),
      /** Further documents of the same product: its custom modules, or the default one when `text` is a custom one. */
      more: z.array(z.string()).max(1_000).default([]),
      name: nameSchema.optional(),
      /** Of a product that is made: `device` when left out. */
      nodeType: z.enum(nodeTypes).optional(),
      /** Replace the model of this product instead of making one. */
      productKey: productKeySchema.optional(),
      /** Replace the model of the product that already has the file's product key, if there is one. */
      update: z.boolean().default(false),
      /** Put it into the draft, so that nothing changes for devices until that is published. */
      asDraft: z.boolean().default(false),
    }),
    output: type<ImportResult>(),
  }),
  'product.exportModel': method({
    about: 'The thing model in the JSON form that the cloud\'s console exports: the default module, or one of the custom ones.',
    input: z.strictObject({ productKey: productKeySchema, functionBlockId: functionBlockIdSchema.optional() }),
    output: type<{ text: string }>(),
  }),
  'product.removeModule': method({
    about: 'Takes a custom module out of a product\'s thing model.',
    input: z.strictObject({ productKey: productKeySchema, functionBlockId: functionBlockIdSchema }),
    output: type<Product>(),
  }),
}
