import { defineMessages } from '../../kit/define-messages.ts'

/** Words of the dialog that sends a message to one device or to many. */
export const sendMessageMessages = defineMessages({
  en: {
    sendMessage: {
      toDevice: 'Send a message to {name}',
      toProduct: 'Broadcast to the devices of {name}',
      topicHint: 'What follows /{identity}/, such as user/get: devices need the right to subscribe there',
      broadcastTopic: 'Broadcast topic',
      broadcastHint: 'Only devices that have subscribed to /broadcast/{productKey}/… get it. Empty: every device that is online.',
      payload: 'Message',
      base64: 'Written in Base64, for any bytes',
      notBase64: 'This is not Base64.',
      qos: 'Waits for the device if it is away (QoS 1, for devices whose session is kept)',
      send: 'Send',
      sent: 'Sent to {name}.',
      queued: '{name} gets it when it is back.',
      broadcastDone: 'Sent to {reached} of {count} devices.',
      inTrace: 'Show in the trace',
    },
  },
  zh: {
    sendMessage: {
      toDevice: '向 {name} 发送消息',
      toProduct: '向 {name} 的设备广播',
      topicHint: '/{identity}/ 之后的部分，例如 user/get；设备需具有该 Topic 的订阅权限',
      broadcastTopic: '广播 Topic',
      broadcastHint: '仅已订阅 /broadcast/{productKey}/… 的设备会收到。留空则发送给全部在线设备。',
      payload: '消息内容',
      base64: '以 Base64 填写，可为任意字节',
      notBase64: '这不是有效的 Base64。',
      qos: '设备不在线时等待其上线（QoS 1，仅适用于保留会话的设备）',
      send: '发送',
      sent: '已发送给 {name}。',
      queued: '{name} 上线后即可收到。',
      broadcastDone: '已发送给 {count} 台设备中的 {reached} 台。',
      inTrace: '在消息追踪中查看',
    },
  },
})
