import { defineMessages } from '../../kit/define-messages.ts'

export const observeMessages = defineMessages({
  en: { observe: { label: 'Views of what has happened', trace: 'Messages', log: 'Platform log', deviceLog: 'Device log' } },
  zh: { observe: { label: '查看方式', trace: '消息', log: '云端运行日志', deviceLog: '设备本地日志' } },
})
