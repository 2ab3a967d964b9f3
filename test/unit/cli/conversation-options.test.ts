import type { ConversationWish } from '../../../src/cli/conversation-options.ts'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { conversationOptions, readConversation } from '../../../src/cli/conversation-options.ts'
import { quietConversation } from '../../../src/shared/contract/fleet-conversation.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const nothing: ConversationWish = { 'replies': undefined, 'reply-delay': undefined, 'events-per-hour': undefined, 'logs-per-hour': undefined, 'network-every': undefined, 'tags': undefined, 'desired': false, 'ntp': false }
const read = (name: 'replies' | 'reply-delay' | 'tags', text: string): unknown => conversationOptions[name].kind!.read(text)

describe('what simulate lets devices say', () => {
  it('is nothing but answers unless something was asked for', async () => {
    expect(await readConversation(nothing)).toEqual({ ...quietConversation, logs: { ...quietConversation.logs, obeySwitch: false } })
  })

  it('is read from words', async () => {
    const file = join(tempFolder(), 'answers.js')
    writeFileSync(file, 'function onCommand() {}')
    expect(read('replies', 'refuse:460')).toEqual({ mode: 'refuse', code: 460 })
    expect(read('replies', 'silent')).toEqual({ mode: 'silent' })
    expect(read('reply-delay', '500')).toEqual({ min: 500, max: 500 })
    expect(read('reply-delay', '200-800')).toEqual({ min: 200, max: 800 })
    expect(read('tags', 'floor=1|2,owner=x=y')).toEqual({ floor: '1|2', owner: 'x=y' })
    expect(await readConversation({ ...nothing, 'replies': { mode: 'script', file }, 'reply-delay': { min: 1, max: 2 }, 'network-every': 30 })).toMatchObject({
      replies: { mode: 'script', delayMsMin: 1, delayMsMax: 2, script: 'function onCommand() {}' },
      networkStatus: { everySec: 30 },
    })
  })

  it.each([
    ['replies', 'refuse'],
    ['replies', 'refuse:x'],
    ['replies', 'silent:1'],
    ['replies', 'script'],
    ['replies', 'dance'],
    ['reply-delay', '700000'],
    ['reply-delay', '-1'],
    ['tags', 'floor'],
    ['tags', 'my_floor=1'],
  ] as const)('does not take --%s %s', (name, text) => {
    expect(read(name, text)).toBeUndefined()
  })
})
