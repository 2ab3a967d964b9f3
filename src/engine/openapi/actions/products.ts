import type { Action } from '../action.ts'
import { action } from '../action.ts'
import { pageCounts, pageOf, paging } from '../answers.ts'
import { required, text } from '../parameter.ts'

/** Products. */
export const productActions: Action[] = [
  action({
    name: 'QueryProductList',
    group: 'product',
    about: 'Lists the products, newest first.',
    parameters: { ...paging({ max: 200 }), AliyunCommodityCode: text('Accepted and passed over.') },
    answer: { Data: { CurrentPage: 'i', List: { ProductInfo: [{ ProductKey: 's', ProductName: 's' }] }, PageCount: 'i', PageSize: 'i', Total: 'i' } },
    async run(page, { call }) {
      const all = await call('product.list', {})
      return { Data: { CurrentPage: page.CurrentPage, List: { ProductInfo: pageOf(all, page).map(({ productKey, name }) => ({ ProductKey: productKey, ProductName: name })) }, ...pageCounts(page, all.length) } }
    },
  }),
  action({
    name: 'QueryProduct',
    group: 'product',
    about: 'One product.',
    parameters: { ProductKey: required(text('The product.')) },
    answer: { Data: { ProductKey: 's', ProductName: 's' } },
    async run({ ProductKey }, { call }) {
      const { productKey, name } = await call('product.get', { productKey: ProductKey })
      return { Data: { ProductKey: productKey, ProductName: name } }
    },
  }),
]
