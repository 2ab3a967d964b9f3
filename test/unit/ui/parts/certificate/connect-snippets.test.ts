import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseClientId } from '../../../../../src/shared/alink/sign.ts'
import { connectFacts, jsonSnippet, linkSdkSnippet, mosquittoSnippet, mqttxSnippet } from '../../../../../src/ui/parts/certificate/connect-snippets.ts'

const certificate = { productKey: 'a1Xk29TzQ7b', deviceName: 'lamp-0007', deviceSecret: 'it\'s "secret"' }
const endpoint = { host: '192.168.1.20', port: 1883, secure: false }
const overTls = { ...endpoint, secure: true }

describe('what a device sends to connect', () => {
  it('is signed as the cloud asks', async () => {
    const facts = await connectFacts(certificate, false)
    const { clientId, parameters } = parseClientId(facts.clientId)
    expect({ clientId, username: facts.username, method: parameters.get('signmethod'), mode: parameters.get('securemode') }).toEqual({ clientId: 'a1Xk29TzQ7b.lamp-0007', username: 'lamp-0007&a1Xk29TzQ7b', method: 'hmacsha256', mode: '3' })
    const content = 'clientIda1Xk29TzQ7b.lamp-0007deviceNamelamp-0007productKeya1Xk29TzQ7btimestamp2524608000000'
    expect(facts.password).toBe(createHmac('sha256', certificate.deviceSecret).update(content).digest('hex').toUpperCase())
  })
})

describe('what is copied', () => {
  it('names address and certificate for the C SDK, and is plain JSON elsewhere', () => {
    expect(linkSdkSnippet(certificate, endpoint)).toMatch(/"192\.168\.1\.20"[\s\S]*port {7}= 1883;/)
    expect(JSON.parse(jsonSnippet(certificate))).toEqual(certificate)
  })

  it('is a command that a shell takes as it stands', async () => {
    const facts = await connectFacts(certificate, false)
    expect(mosquittoSnippet(certificate, facts, endpoint, '{"text":"it\'s on"}')).toContain(`-m '{"id":"1","version":"1.0","params":{"text":"it'\\''s on"},"method":"thing.event.property.post"}'`)
    expect(mqttxSnippet(certificate, facts, endpoint)).toContain(`-u 'lamp-0007&a1Xk29TzQ7b'`)
  })

  it('names the root certificate of the workspace where TLS is asked for', async () => {
    const facts = await connectFacts(certificate, true)
    expect(parseClientId(facts.clientId).parameters.get('securemode')).toBe('2')
    expect(linkSdkSnippet(certificate, overTls)).toContain('.x509_server_cert = ca_cert')
    expect(mosquittoSnippet(certificate, facts, overTls)).toContain('--cafile thingbench-ca.pem')
    expect(mqttxSnippet(certificate, facts, overTls)).toContain('-l mqtts --ca thingbench-ca.pem')
    expect(linkSdkSnippet(certificate, endpoint)).not.toContain('ca_cert')
  })
})
