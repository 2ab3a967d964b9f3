import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { parseClientId } from '../../../../../src/shared/alink/sign.ts'
import { connectFacts } from '../../../../../src/ui/parts/certificate/connect-snippets.ts'

const certificate = { productKey: 'a1Xk29TzQ7b', deviceName: 'lamp-0007', deviceSecret: 'it\'s "secret"' }

it('is signed as the cloud asks, and says whether it comes over TLS', async () => {
  const facts = await connectFacts(certificate, false)
  const { clientId, parameters } = parseClientId(facts.clientId)
  expect({ clientId, username: facts.username, method: parameters.get('signmethod'), mode: parameters.get('securemode') }).toEqual({ clientId: 'a1Xk29TzQ7b.lamp-0007', username: 'lamp-0007&a1Xk29TzQ7b', method: 'hmacsha256', mode: '3' })
  const content = 'clientIda1Xk29TzQ7b.lamp-0007deviceNamelamp-0007productKeya1Xk29TzQ7btimestamp2524608000000'
  expect(facts.password).toBe(createHmac('sha256', certificate.deviceSecret).update(content).digest('hex').toUpperCase())
  expect(parseClientId((await connectFacts(certificate, true)).clientId).parameters.get('securemode')).toBe('2')
})
