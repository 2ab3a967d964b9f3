import { builtProduct } from '../support/built-product.ts'

/** Before the first test: the page is built when it is older than its sources. */
export default async function buildPage(): Promise<void> {
  await builtProduct()
}
