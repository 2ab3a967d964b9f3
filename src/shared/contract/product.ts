import { z } from 'zod'
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

export interface ProductSummary {
  productKey: string
  name: string
  nodeType: NodeType
  validation: ValidationLevel
  createdAt: number
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

/** One thing wrong in a thing model file. */
export interface ModelIssue {
  /** Where in the file: `properties[3].dataType.specs.max`, or `line 4, column 7` when it is not JSON. */
  path: string
  expected: string
  got: string
}

export interface ImportResult {
  productKey: string
  productSecret: string
  name: string
  /** False when the model of an existing product was replaced. */
  created: boolean
  /** What the importer should know: the file's product key was taken, unknown fields were left out … */
  notices: string[]
}

/** Platform rule: 1 to 30 letters, digits or underscores. */
export const functionBlockIdSchema = z.string().regex(/^\w{1,30}$/, 'expected 1 to 30 letters, digits or underscores')
const nameSchema = z.string().trim().min(1).max(64)

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
    }),
    output: type<Product>(),
  }),
  'product.update': method({
    about: 'Changes the name, the node type, the checking level or the switch for dynamic registration of a product.',
    input: z.strictObject({
      productKey: productKeySchema,
      name: nameSchema.optional(),
      /** The cloud fixes it when the product is made; relations that exist stay when it changes. */
      nodeType: z.enum(nodeTypes).optional(),
      validation: z.enum(validationLevels).optional(),
      /** Lets devices that know only the product's secret register. */
      dynamicRegistration: z.boolean().optional(),
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
    }),
    output: type<{ issues: ModelIssue[], notices: string[], productKey: string | null, propertyCount: number, eventCount: number, serviceCount: number }>(),
  }),
  'product.importModel': method({
    about: 'Makes a product from a thing model file, or replaces the model of an existing one; the document of a custom module is added to its product.',
    input: z.strictObject({
      text: z.string(),
      name: nameSchema.optional(),
      /** Of a product that is made: `device` when left out. */
      nodeType: z.enum(nodeTypes).optional(),
      /** Replace the model of this product instead of making one. */
      productKey: productKeySchema.optional(),
      /** Replace the model of the product that already has the file's product key, if there is one. */
      update: z.boolean().default(false),
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
