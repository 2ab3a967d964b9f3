import type { NodeType } from '../../shared/contract/product.ts'
import type { ActionContext } from './action.ts'

/** The products by their keys, for answers that name them. */
export async function productsByKey(call: ActionContext['call']): Promise<Map<string, { name: string, nodeType: NodeType }>> {
  return new Map((await call('product.list', {})).map(({ productKey, name, nodeType }) => [productKey, { name, nodeType }]))
}

/** What kind of node the devices of a product are: 0 devices and sub-devices, 1 gateways. */
export function nodeTypeNumber(nodeType: NodeType | undefined): number {
  return nodeType === 'gateway' ? 1 : 0
}
