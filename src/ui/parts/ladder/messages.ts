import { defineMessages } from '../../kit/define-messages.ts'

/** Words of the connection ladder. */
export const ladderMessages = defineMessages({
  en: {
    ladder: {
      title: 'Last attempt to connect',
      steps: { tcp: 'TCP', tls: 'TLS', connect: 'CONNECT read', identity: 'Identity known', signature: 'Signature right', admitted: 'Let in', subscribed: 'Subscribed' },
      states: { 'passed': 'passed', 'failed': 'failed', 'skipped': 'not used', 'waiting': 'waiting', 'not-reached': 'not reached' },
      signed: 'The exact text to be signed',
    },
  },
  zh: {
    ladder: {
      title: '最近一次连接',
      steps: { tcp: 'TCP 连接', tls: 'TLS 握手', connect: 'CONNECT 已解析', identity: '身份已识别', signature: '签名正确', admitted: '允许接入', subscribed: '已订阅' },
      states: { 'passed': '通过', 'failed': '失败', 'skipped': '未使用', 'waiting': '等待中', 'not-reached': '未到达' },
      signed: '待签名的完整内容',
    },
  },
})
