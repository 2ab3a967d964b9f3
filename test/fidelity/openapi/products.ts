import type { Call } from '../fidelity.ts'
import { exact } from '../fidelity.ts'

/** Products, by action. */
export const productsApi = {
  QueryProductList: exact('lists products', ['integration/openapi-door', 'is believed by its signature in headers, and by its signature in parameters, with GET and with POST']),
  QueryProduct: exact('one product', ['integration/openapi-door', 'is told which parameter it lacks or has wrong, and that a name is no action']),
} satisfies Record<string, Call>
