import type { ProductTag } from '../../../shared/contract/product-tag.ts'
import { limits } from '../../../shared/limits.ts'

/**
 * The tags of a call that cannot be kept: platform rule: a key has 1 to 30 letters, digits or dots; a value 1 to 128
 * characters, a Chinese one counted twice, which are letters, digits, Chinese characters, underscores or hyphens (dots and
 * colons are taken too). A key that the product has cannot be added, one that it has not cannot be changed, and no key comes
 * twice. Pure.
 */
export function invalidTags(tags: readonly ProductTag[], had: ReadonlyMap<string, string>, mode: 'add' | 'change'): ProductTag[] {
  return tags.filter(({ key, value }, index) => !isTagKey(key)
    || !isTagValue(value)
    || had.has(key) === (mode === 'add')
    || tags.findIndex(other => other.key === key) !== index)
}

function isTagKey(key: string): boolean {
  return key.length <= limits.productTagKeyCharsMax && /^[A-Z\d.]+$/i.test(key)
}

function isTagValue(value: string): boolean {
  const length = value.length + (value.match(/\p{Script=Han}/gu)?.length ?? 0)
  return length <= limits.tagValueCharsMax && /^[\w\-.:\p{Script=Han}]+$/u.test(value)
}
