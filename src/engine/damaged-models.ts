import type { Notices } from './notices.ts'
import type { ProductRegistry } from './platform/product/registry.ts'
import { describeModelIssue } from '../shared/thing-model/parse.ts'

/** Tells the user of each product whose stored thing model cannot be read; the product works on without one. */
export function noteDamagedModels(products: Pick<ProductRegistry, 'all'>, notices: Notices): void {
  for (const { productKey, name, damage: [first] } of products.all()) {
    if (first !== undefined)
      notices.add('warning', 'model-damaged', `The thing model of product ${name} (${productKey}) cannot be read, so what its devices say cannot be checked: ${describeModelIssue(first)}`)
  }
}
