import type { NetType, NodeType, ValidationLevel } from '../../../shared/contract/product.ts'

/** `NetType` of an answer, where a request has the word. */
export const netTypeNumbers: Record<NetType, number> = { WIFI: 3, CELLULAR: 6, ETHERNET: 7, OTHER: 8 }

/** `ValidateType`; the cloud's older products have 0, whole reports are refused. */
export const validateTypeNumbers: Record<ValidationLevel, number> = { strict: 0, weak: 1, none: 2 }

/** `NodeType`: 1 for a gateway; devices of both kinds are 0. */
export function nodeTypeNumber(nodeType: NodeType): number {
  return nodeType === 'gateway' ? 1 : 0
}
