import type { SystemKind } from '../../src/shared/alink/system-topics.ts'
import type { Topic } from '../../src/shared/alink/topic.ts'
import type { Source } from './source.ts'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { unanswered } from '../../src/engine/platform/unanswered.ts'
import { systemTopics } from '../../src/shared/alink/system-topics.ts'
import { projectSources, sourceOf, walk } from './source.ts'

type Kind = Exclude<Topic['kind'], 'unknown' | 'invalid'>

/** Complete by its type: a new kind of topic that is missing here does not compile. */
const otherKinds: Record<Exclude<Kind, SystemKind>, true> = {
  'event.post': true,
  'service.call': true,
  'rrpc.request': true,
  'rrpc.response': true,
  'broadcast.request': true,
  'session.login': true,
  'session.logout': true,
  'session.batchLogin': true,
  'session.batchLogout': true,
  'ota.inform': true,
  'ota.upgrade': true,
  'ota.request': true,
  'ota.progress': true,
  'shadow.update': true,
  'shadow.get': true,
  'ntp.request': true,
  'ntp.response': true,
  'session.error': true,
  'ext.register': true,
  'ext.regnwl': true,
  'ext.rrpc': true,
  'custom': true,
  'broadcast': true,
}
const kinds = new Set<string>([...Object.keys(systemTopics), ...Object.keys(otherKinds)])

/** The kinds that features of the platform have handlers for: members of objects in files that speak of `FeatureHandlers`. */
export function findHandledKinds(sources: Source[]): Set<string> {
  const handled = new Set<string>()
  for (const source of sources) {
    const { path, text } = source
    if (!path.startsWith('src/engine/') || path.endsWith('/unanswered.ts') || !text.includes('FeatureHandlers'))
      continue
    walk(source, (node) => {
      if ((ts.isPropertyAssignment(node) || ts.isMethodDeclaration(node)) && ts.isStringLiteral(node.name) && kinds.has(node.name.text))
        handled.add(node.name.text)
    })
  }
  return handled
}

describe('messages of devices', () => {
  it('are found with their handlers', () => {
    const source = sourceOf('src/engine/platform/x/feature.ts', `export const x: FeatureHandlers = { 'ntp.request': f, 'tag.get'(m) { return f(m) } }`)
    expect([...findHandledKinds([source])]).toEqual(['ntp.request', 'tag.get'])
    expect(findHandledKinds([sourceOf('src/engine/x.ts', `const x = { 'ntp.request': 1 }`)]).size).toBe(0)
  })

  it('have a handler each, or a reason in platform/unanswered.ts why they have none', () => {
    const handled = findHandledKinds(projectSources('src'))
    const missing = [...kinds].filter(kind => !handled.has(kind) && !Object.hasOwn(unanswered, kind))
    expect(missing).toEqual([])
  })

  it('are not said to be unanswered when they have a handler', () => {
    const handled = findHandledKinds(projectSources('src'))
    expect(Object.keys(unanswered).filter(kind => handled.has(kind)), 'take these out of platform/unanswered.ts').toEqual([])
  })
})
