import { expect, it } from 'vitest'
import { snippetFormNames, snippetForms } from '../../../../../../src/ui/parts/certificate/snippets/forms.ts'

const input = {
  certificate: { productKey: 'a1Xk29TzQ7b', deviceName: 'lamp-0007', deviceSecret: 'it\'s "secret"' },
  facts: { clientId: 'a1Xk29TzQ7b.lamp-0007|securemode=3,signmethod=hmacsha256|', username: 'lamp-0007&a1Xk29TzQ7b', password: 'ABCD' },
  host: '192.168.1.20',
  port: 1884,
  secure: false,
  rootCString: 'static const char thingbench_ca_cert[] =\n    "-----BEGIN CERTIFICATE-----\\r\\n";\n',
  params: '{"text":"it\'s on"}',
}
const programs = snippetFormNames.filter(form => form !== 'json')

it.each(programs)('%s names the address, the port and the device', (form) => {
  const text = snippetForms[form].write(input)
  expect(text).toMatch(/192\.168\.1\.20/)
  expect(text).toMatch(/\b1884\b/)
  expect(text).toMatch(/lamp-0007/)
  expect(text).not.toMatch(/thingbench_ca|thingbench-ca|mqtts/)
})

it.each(programs)('%s trusts the root certificate of the workspace where TLS is asked for', (form) => {
  expect(snippetForms[form].write({ ...input, secure: true })).toMatch(/thingbench_ca_cert|thingbench-ca\.pem/)
})

it('holds the secret where the program signs by itself, and the finished password where it does not', () => {
  for (const form of ['linkSdk4', 'linkSdk3', 'python', 'node'] as const)
    expect(snippetForms[form].write(input)).toContain('it\'s \\"secret\\"')
  for (const form of ['espIdf', 'mqttx', 'mosquitto'] as const)
    expect(snippetForms[form].write(input)).toContain('ABCD')
  expect(JSON.parse(snippetForms.json.write(input))).toEqual(input.certificate)
})

it('is a command that a shell takes as it stands', () => {
  const mqttx = snippetForms.mqttx.write({ ...input, secure: true })
  expect(mqttx).toContain('-l mqtts --ca thingbench-ca.pem')
  expect(mqttx).toContain('-m \'{"id":"1","version":"1.0","params":{"text":"it\'\\\'\'s on"},"method":"thing.event.property.post"}\'')
  expect(mqttx).toContain('-u \'lamp-0007&a1Xk29TzQ7b\'')
  expect(mqttx).toMatch(/^# [^\n]+\nmqttx pub -V 3\.1\.1 -h 192\.168\.1\.20 -p 1884 /)
})
