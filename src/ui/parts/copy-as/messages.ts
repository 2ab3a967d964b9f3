import { defineMessages } from '../../kit/define-messages.ts'

/** Words of the button that gives an action in the form of other tools. */
export const copyAsMessages = defineMessages({
  en: {
    copyAs: {
      button: 'Copy as…',
      about: 'The same from the command line, a server program or an MQTT client',
      form: { cli: 'Command line', curl: 'curl', node: 'Node.js', mqttx: 'MQTTX', mosquitto: 'mosquitto', linkSdk: 'C · Link SDK 4' },
      actions: 'What is to be done',
      once: 'Signed now: it works once, within 15 minutes.',
      noKey: 'There is no access key yet; make one under Cloud API, Keys.',
      none: 'Needs the device\'s certificate, and a page opened on this machine.',
    },
  },
  zh: {
    copyAs: {
      button: '复制为…',
      about: '用命令行、服务端程序或 MQTT 客户端做同样的事',
      form: { cli: '命令行', curl: 'curl 命令', node: 'Node 程序', mqttx: 'MQTTX 命令', mosquitto: 'mosquitto 命令', linkSdk: 'C · Link SDK 4 代码' },
      actions: '要执行的操作',
      once: '签名于此刻生成：15 分钟内可用一次。',
      noKey: '还没有 AccessKey，请在“云端 API · 密钥”中创建。',
      none: '需要设备证书，且页面须在本机打开。',
    },
  },
})
