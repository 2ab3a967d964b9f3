import { describe, expect, it } from 'vitest'
import { appOrigin, decideNavigation, decidePermission, isExternalLink, isPageUrl, isTrustedSender, shouldReload } from '../../../electron/policy.ts'

describe('the policy of the page', () => {
  it('knows its own addresses by scheme and host, not by how they begin', () => {
    expect(['app://thingbench/', 'app://thingbench/#/devices/a1/x', 'app://thingbench'].map(url => isPageUrl(url, appOrigin))).toEqual([true, true, true])
    expect(['app://thingbench.evil/', 'app://other/', 'file:///etc/passwd', 'https://thingbench/', 'javascript:alert(1)', 'not a url', ''].map(url => isPageUrl(url, appOrigin))).toEqual(Array.from({ length: 7 }).fill(false))
  })

  it('takes the dev server for the page when it is told so', () => {
    expect(isPageUrl('http://localhost:5173/a', 'http://localhost:5173')).toBe(true)
    expect(isPageUrl('http://localhost:5174/a', 'http://localhost:5173')).toBe(false)
  })

  it('sends links out to the browser only over https and mailto', () => {
    expect(['https://example.com/', 'mailto:a@example.com'].map(isExternalLink)).toEqual([true, true])
    expect(['http://example.com/', 'file:///x', 'smb://x', 'javascript:1', 'data:text/html,x', 'vscode://x', 'nonsense'].map(isExternalLink)).toEqual(Array.from({ length: 7 }).fill(false))
  })

  it('lets the page move within itself, opens links outside, and denies the rest', () => {
    expect(decideNavigation('app://thingbench/#/fleets', appOrigin)).toBe('allow')
    expect(decideNavigation('https://example.com/', appOrigin)).toBe('open-outside')
    expect(decideNavigation('file:///etc/passwd', appOrigin)).toBe('deny')
  })

  it.each([
    ['clipboard-sanitized-write', true],
    ['fullscreen', true],
    ['clipboard-read', false],
    ['media', false],
    ['display-capture', false],
    ['serial', false],
    ['notifications', false],
    ['openExternal', false],
    ['a permission of a later version', false],
  ])('answers the page\'s request for %s with %s, and everybody else\'s with no', (permission, granted) => {
    expect(decidePermission(permission, 'app://thingbench/', appOrigin)).toBe(granted)
    expect(decidePermission(permission, 'https://example.com/', appOrigin)).toBe(false)
  })

  it('listens only to the main frame of the page', () => {
    expect(isTrustedSender({ url: 'app://thingbench/', parent: null }, appOrigin)).toBe(true)
    expect(isTrustedSender({ url: 'app://thingbench/', parent: {} }, appOrigin)).toBe(false)
    expect(isTrustedSender({ url: 'https://example.com/', parent: null }, appOrigin)).toBe(false)
    expect(isTrustedSender(null, appOrigin)).toBe(false)
  })

  it('loads a page that died again three times a minute and then asks', () => {
    expect(shouldReload([0], 0)).toBe(true)
    expect(shouldReload([0, 10, 20], 20)).toBe(true)
    expect(shouldReload([0, 10, 20, 30], 30)).toBe(false)
    expect(shouldReload([0, 10, 20, 70_000], 70_000)).toBe(true)
  })
})
