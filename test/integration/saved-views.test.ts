import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startServer, thingbench, thingbenchJson } from '../support/command-line.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { startEngine } from '../support/test-engine.ts'

it('keeps views in the workspace, each name once in a list, and brings a deleted one back under its id', async () => {
  const { api, dir, close } = await startEngine()
  const refused = await api.call('savedView.save', { list: 'log', name: ' Refused logins ', filter: 'type:device code:failed last:1h' })
  expect(refused).toMatchObject({ list: 'log', name: 'Refused logins', filter: 'type:device code:failed last:1h' })
  await expect(api.call('savedView.save', { list: 'log', name: 'REFUSED logins', filter: '' })).rejects.toMatchObject({ code: 'view/exists' })
  const slow = await api.call('savedView.save', { list: 'trace', name: 'Refused logins', filter: 'lag>500ms' })
  expect(slow.viewId).toBeGreaterThan(refused.viewId)
  await api.call('savedView.save', { ...refused, name: 'Logins' })

  expect(await api.call('savedView.delete', { viewId: slow.viewId })).toEqual(slow)
  await expect(api.call('savedView.delete', { viewId: slow.viewId })).rejects.toMatchObject({ code: 'view/not-found' })
  await api.call('savedView.save', slow)
  await close()
  const again = await startEngine({ workspaceDir: dir })
  expect(await again.api.call('savedView.list', {})).toEqual([{ ...refused, name: 'Logins' }, slow])
  expect(await again.api.call('savedView.list', { list: 'trace' })).toEqual([slow])
})

it('takes no filter that the list could not open', async () => {
  const { api } = await startEngine()
  await expect(api.call('savedView.save', { list: 'log', name: 'a', filter: 'type:sideways' })).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('type: expected device, uplink') as string })
  await expect(api.call('savedView.save', { list: 'deviceLog', name: 'a', filter: '-level:WARN' })).rejects.toMatchObject({ message: expect.stringContaining('"level" cannot be excluded') as string })
  await expect(api.call('savedView.save', { list: 'deviceLog', name: 'a', filter: 'modul:x' })).rejects.toMatchObject({ message: expect.stringContaining('No filter is called "modul"') as string })
})

it('shares views and the filter\'s words between the page and the command line, and explains codes there', async () => {
  const workspace = join(tempFolder(), 'bench')
  await startServer(['--workspace', workspace])
  const within = ['--workspace', workspace]
  await thingbenchJson(['product', 'create', '--name', 'Lamp', ...within])
  expect(await thingbenchJson(['view', 'save', 'Calls', 'type:ApiService', ...within])).toMatchObject([{ list: 'log', name: 'Calls', filter: 'type:ApiService' }])
  await thingbenchJson(['view', 'save', 'Calls', 'type:ApiService,device', ...within])
  await thingbenchJson(['view', 'save', 'Slow', '--list', 'messages', 'lag>500ms', ...within])
  const listed = await thingbench(['view', 'list', ...within])
  expect(listed.stdout).toBe('log  Calls  type:ApiService,device\nmessages  Slow  lag>500ms\n')

  expect(await thingbench(['log', '--view', 'calls', 'device:nobody', ...within])).toMatchObject({ code: 0, stdout: '' })
  expect(await thingbench(['log', 'code:failed', '--view', 'Other', ...within])).toMatchObject({ code: 1, stderr: expect.stringContaining('there are Calls') as string })
  expect(await thingbench(['log', 'lag:5', ...within])).toMatchObject({ code: 2, stderr: expect.stringContaining('lag: expected lag>500ms') as string })
  expect(await thingbench(['log', ...within, '--', '-code:200'])).toMatchObject({ code: 0 })
  expect(await thingbench(['trace', 'dir:sideways', ...within])).toMatchObject({ code: 2, stderr: expect.stringContaining('dir: expected up, down, record') as string })
  expect(await thingbench(['log', '--local', 'level>=WARN', ...within])).toMatchObject({ code: 0 })
  expect(await thingbench(['view', 'delete', 'Slow', '--list', 'messages', ...within])).toMatchObject({ code: 0, stdout: 'Deleted messages  Slow  lag>500ms\n' })

  expect((await thingbench(['explain', '6306'])).stdout).toContain('6306  VAL (Check against the thing model)')
  expect(await thingbenchJson(['explain', '6207', '--group', 'REP'])).toMatchObject([{ code: 6207, group: 'REP', title: 'Not JSON' }])
  expect(await thingbench(['explain', 'no-such-thing'])).toMatchObject({ code: 2 })
}, 90_000)
