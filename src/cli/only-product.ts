import type { ApiClient } from '../shared/contract/contract.ts'
import { AppError } from '../shared/errors.ts'

/** The product key of the workspace's only product. @throws AppError product/not-found when there is none or more than one. */
export async function onlyProduct(client: ApiClient): Promise<string> {
  const products = await client.call('product.list', {})
  const [first] = products
  if (first === undefined || products.length > 1)
    throw new AppError('product/not-found', `Which product is meant? The workspace has ${products.length}: name one by its product key.`, { productKeys: products.map(product => product.productKey) })
  return first.productKey
}
