import type { Tag, TagDomain } from '../../../shared/alink/tag.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import { limits } from '../../../shared/limits.ts'
import { shortenName, toSnippet } from '../../../shared/thing-model/issue.ts'

const cloudKey = /^[A-Z\d.]+$/i

/**
 * What the cloud would refuse of tags that are to be set (Alink 1.6 and 7.1), as facts: a key is 1 to 30 letters, digits
 * or dots and not `abc`, a value 1 to 128 characters, and a device has at most 100 tags. What an SDK reports about itself
 * follows its own rules. `counts` is how many tags the device would have.
 */
export function findCloudFaults(tags: readonly Tag[], counts: Record<TagDomain, number>): ValidationIssue[] {
  const issues: ValidationIssue[] = []
  const add = (path: string, expected: string, got: string): void => {
    issues.push({ code: 460, path, rule: 'cloud-rule', expected, got })
  }
  for (const { key, value, domain } of tags) {
    if (domain === 'SYSTEM')
      continue
    const path = shortenName(key)
    if (key.length > limits.tagKeyCharsMax || !cloudKey.test(key))
      add(path, `a key of 1 to ${limits.tagKeyCharsMax} letters, digits or dots`, toSnippet(key))
    else if (key === 'abc')
      add(path, 'a key other than "abc", which is reserved', toSnippet(key))
    if (value.length === 0 || value.length > limits.tagValueCharsMax)
      add(path, `a value of 1 to ${limits.tagValueCharsMax} characters`, `${value.length} characters`)
  }
  if (counts.USER > limits.tagsPerDeviceMax)
    add('tags', `${limits.tagsPerDeviceMax} tags a device`, String(counts.USER))
  return issues
}

/** What this platform takes whatever the setting: a key and a value of readable length, and not endlessly many. */
export function findFault(tags: readonly Tag[], counts: Record<TagDomain, number>): ValidationIssue | undefined {
  for (const { key, value } of tags) {
    if (key.length > limits.tagKeyCharsKeptMax)
      return { code: 460, path: '', rule: 'bad-form', expected: `"attrKey" of at most ${limits.tagKeyCharsKeptMax} characters`, got: toSnippet(key) }
    if (value.length > limits.tagValueCharsKeptMax)
      return { code: 460, path: '', rule: 'bad-form', expected: `"attrValue" of at most ${limits.tagValueCharsKeptMax} characters`, got: `${value.length} characters` }
  }
  const count = Math.max(counts.USER, counts.SYSTEM)
  return count > limits.tagsKeptPerDeviceMax
    ? { code: 460, path: '', rule: 'bad-form', expected: `at most ${limits.tagsKeptPerDeviceMax} tags a device`, got: String(count) }
    : undefined
}
