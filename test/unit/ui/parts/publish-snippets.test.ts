import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { cText, linkSdkPublish, mosquittoPublish, mqttxPublish } from '../../../../src/ui/parts/copy-as/publish-snippets.ts'

const message = { topic: '/sys/pk/dn/thing/event/property/post', payload: '{"a":"it\'s 21 °C"}', qos: 1 as const }
const facts = { clientId: 'pk.dn|securemode=3,signmethod=hmacsha256|', username: 'dn&pk', password: 'AB12' }
const login = { facts, host: '192.168.1.5', port: 1883, secure: false }

/** The words of a command as a shell reads them. */
function words(line: string, program: string): string[] {
  return execFileSync('sh', ['-c', line.replace(program, 'printf \'%s\\0\'')]).toString().split('\0').slice(0, -1)
}

it.each([['mosquitto_pub', mosquittoPublish], ['mqttx', mqttxPublish]] as const)('a message as a line of %s comes through a shell as it was', (program, write) => {
  const read = words(write(message, login), program)
  for (const [option, value] of [['-h', '192.168.1.5'], ['-i', facts.clientId], ['-u', 'dn&pk'], ['-t', message.topic], ['-m', message.payload], ['-q', '1']])
    expect(read[read.indexOf(option!) + 1]).toBe(value)
})

it('a message as C for the Link SDK has its payload as a literal that every compiler reads alike', () => {
  expect(cText('a"b\\c\n?°1')).toBe('"a\\"b\\\\c\\n\\?\\302\\2601"')
  expect(linkSdkPublish(message)).toContain('aiot_mqtt_pub(mqtt_handle, topic, (uint8_t *)payload, (uint32_t)strlen(payload), 1);')
})
