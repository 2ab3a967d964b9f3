import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { connectSnippet, hideSecret, snippetForms } from '../../../../../src/ui/features/cloud-api/api-snippets.ts'
import { commandLineCall, noKey, popCoreCall } from '../../../../../src/ui/parts/copy-as/api-call.ts'

const connection = { url: 'http://127.0.0.1:8880', accessKeyId: 'TBid', accessKeySecret: 'verysecret' }

it('writes a command that a shell reads back word for word', () => {
  const values = { 'ProductKey': 'a1', 'Items': '{"note":"it\'s 21 °C; $HOME `x` \\n"}', 'Tag.1.TagKey': '*', 'Lines': 'one\ntwo', 'Empty': '' }
  const written = commandLineCall('SetDeviceProperty', values).replace(/^thingbench /, 'printf \'%s\\0\' ')
  const words = execFileSync('sh', ['-c', written], { encoding: 'utf8' }).split('\0').slice(0, -1)
  expect(words).toEqual(['api', 'call', 'SetDeviceProperty', ...Object.entries(values).map(([name, value]) => `${name}=${value}`)])
})

it('fills the address and the key into every snippet, and shows it without the secret', () => {
  for (const form of snippetForms) {
    const snippet = connectSnippet(form, connection)
    expect(snippet).toContain('127.0.0.1:8880')
    expect(snippet).toContain('TBid')
    expect(snippet).toContain('verysecret')
    expect(hideSecret(snippet, connection)).not.toContain('verysecret')
  }
  expect(hideSecret(popCoreCall('Pub', {}, { ...connection, ...noKey }), { ...connection, ...noKey })).toContain('ACCESS_KEY_SECRET')
})

it('says HTTPS where the address does', () => {
  expect(connectSnippet('iot', { ...connection, url: 'https://bench:443' })).toContain('protocol: \'HTTPS\'')
})
