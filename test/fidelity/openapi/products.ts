import type { Call } from '../fidelity.ts'
import { exact, partial } from '../fidelity.ts'

const file = 'integration/openapi-products'
const madeTitle = 'are made with what the caller says, and told with their secret, counts and numbers'
const changedTitle = 'get another name and description, and are deleted when they have no devices'
const tagTitle = 'are added, changed, listed and deleted'
const wrongTagTitle = 'are refused all together, and those that are not valid are named'
const topicTitle = 'are made, changed, told and deleted'

/** Products, their tags and their categories of custom topics, by action. */
export const productsApi = {
  CreateProduct: partial('makes a product, with its secret; with ProtocolType one of sub-devices', 'Only AuthType secret is there: id2, x509 and Id2 true are refused, and so is NetType LORA. CategoryKey is kept, but no features are copied from the category. A product made without iothub_senior can still get a thing model.', [file, madeTitle, 'are of gateways, and of sub-devices where a protocol is named, which need no network', 'are refused in the cloud\'s words: a name that is taken or malformed, a kind that is not there, a long description']),
  UpdateProduct: exact('changes the name or the description', [file, changedTitle]),
  QueryProduct: partial('one product', 'ProductStatus is always DEVELOPMENT_STATUS, as products are not released here; there is no CategoryName.', [file, madeTitle]),
  QueryProductList: exact('lists products, newest first, page by page', [file, 'are listed newest first, page by page, and by whether they have a thing model']),
  DeleteProduct: exact('deletes a product without devices', [file, changedTitle]),
  CreateProductTags: partial('adds tags to a product', 'When one tag of a call is not valid, none is added; whether the cloud adds the others is not known.', [file, tagTitle, wrongTagTitle]),
  UpdateProductTags: partial('changes tags of a product', 'When one tag of a call is not valid or not there, none is changed; whether the cloud changes the others is not known.', [file, tagTitle, wrongTagTitle]),
  DeleteProductTags: exact('deletes tags of a product', [file, tagTitle]),
  ListProductTags: exact('the tags of a product', [file, tagTitle]),
  ListProductByTags: exact('products that have one of some tags', [file, 'find the products that have one of them, newest first']),
  CreateProductTopic: partial('adds a category of custom topics', 'Codec and EnableProxySubscribe true are refused.', [file, topicTitle, 'are refused in the cloud\'s words']),
  UpdateProductTopic: partial('changes a category of custom topics', 'Codec and EnableProxySubscribe true are refused.', [file, topicTitle]),
  DeleteProductTopic: exact('deletes a category of custom topics', [file, topicTitle, 'are refused in the cloud\'s words']),
  QueryProductTopic: exact('the categories of custom topics of a product', [file, topicTitle]),
} satisfies Record<string, Call>
