import { expect, it } from 'vitest'
import { defaultWorkspaceDir, markSampleAdded, wantsSample } from '../../../src/host/workspace-folder.ts'
import { tempFolder } from '../../support/temp-folder.ts'

it('puts the workspace into the user\'s data folder, as each system has it', () => {
  const home = '/home/li'
  expect(defaultWorkspaceDir({ platform: 'linux', env: {}, home })).toBe('/home/li/.local/share/thingbench/workspace')
  expect(defaultWorkspaceDir({
    platform: 'linux',
    env: { XDG_DATA_HOME: '/data/li' },
    home,
  })).toBe('/data/li/thingbench/workspace')
  expect(defaultWorkspaceDir({
    platform: 'linux',
    env: { XDG_DATA_HOME: 'data' },
    home,
  })).toBe('/home/li/.local/share/thingbench/workspace')
  expect(defaultWorkspaceDir({ platform: 'darwin', env: {}, home })).toBe('/home/li/Library/Application Support/thingbench/workspace')
  expect(defaultWorkspaceDir({
    platform: 'win32',
    env: { APPDATA: '/roaming' },
    home,
  })).toBe('/roaming/thingbench/workspace')
  expect(defaultWorkspaceDir({ platform: 'win32', env: {}, home })).toBe('/home/li/AppData/Roaming/thingbench/workspace')
})

it('adds the sample when asked, or to the user\'s own workspace while it is empty', () => {
  const dir = tempFolder()
  const decide = (asked: boolean, own: boolean, empty: boolean): boolean => wantsSample(dir, { asked, own, empty })
  expect(decide(false, true, true)).toBe(true)
  expect(decide(true, false, true)).toBe(true)
  expect(decide(true, false, false)).toBe(true)
  expect(decide(false, true, false)).toBe(false)
  expect(decide(false, false, true)).toBe(false)
})

it('never adds the sample twice', async () => {
  const dir = tempFolder()
  await markSampleAdded(dir)
  expect(wantsSample(dir, { asked: true, own: true, empty: true })).toBe(false)
})
