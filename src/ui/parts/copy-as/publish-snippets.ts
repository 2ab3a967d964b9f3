import type { Login } from '../certificate/snippets/commands.ts'
import { shellWord } from '../../kit/shell-word.ts'
import { mosquittoLogin, mqttxLogin } from '../certificate/snippets/commands.ts'

/** A message that a device sends: the whole topic, and a payload that is text. */
export interface DeviceMessage { topic: string, payload: string, qos: 0 | 1 }

/** A line for the MQTTX command line that sends the message once as the device. */
export function mqttxPublish({ topic, payload, qos }: DeviceMessage, login: Login): string {
  return `mqttx pub ${mqttxLogin(login)}
  -q ${qos} -t ${shellWord(topic)} \\
  -m ${shellWord(payload)}
`
}

/** A line for mosquitto that sends the message once as the device. */
export function mosquittoPublish({ topic, payload, qos }: DeviceMessage, login: Login): string {
  return `mosquitto_pub ${mosquittoLogin(login)}
  -q ${qos} -t ${shellWord(topic)} \\
  -m ${shellWord(payload)}
`
}

/** The call of the C Link SDK 4 that sends the message. */
export function linkSdkPublish({ topic, payload, qos }: DeviceMessage): string {
  return `char *topic   = ${cText(topic)};
char *payload = ${cText(payload)};
int32_t res = aiot_mqtt_pub(mqtt_handle, topic, (uint8_t *)payload, (uint32_t)strlen(payload), ${qos});
`
}

/** A text as a string literal of C; everything that is not plain ASCII in octal, which ends after three digits whatever follows. */
export function cText(text: string): string {
  const escaped = Array.from(new TextEncoder().encode(text), byte =>
    byte === 0x22 || byte === 0x5C || byte === 0x3F ? `\\${String.fromCharCode(byte)}` : byte === 0x0A ? '\\n' : byte < 0x20 || byte > 0x7E ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte))
  return `"${escaped.join('')}"`
}
