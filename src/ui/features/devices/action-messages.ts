import { defineMessages } from '../../kit/define-messages.ts'

/** Words of what can be done to a device. */
export const deviceActionMessages = defineMessages({
  en: {
    deviceAction: {
      title: 'Actions',
      switches: 'Switches',
      debug: 'Debug online',
      simulate: 'Be this device',
      enabled: 'Enabled',
      enabledAbout: 'A disabled device is disconnected and not let in again.',
      localLog: 'Local log',
      localLogAbout: 'Take the device’s own log; a device that is online is told at once.',
      logTold: 'The device was told about its log.',
      logLater: 'The device asks about its log when it comes back.',
      disable: 'Disable device',
      disableTitle: 'Disable {name}?',
      disableText: 'Its connection is closed with code 522 and it is not let in again until it is enabled.',
      reset: 'Reset device',
      resetTitle: 'Reset {name}?',
      resetText: 'It is as if it had never connected: its connection is closed, and it may register itself once more.',
      tab: 'Show: {name}',
    },
  },
  zh: {
    deviceAction: {
      title: '操作',
      switches: '开关',
      debug: '在线调试',
      simulate: '模拟该设备',
      enabled: '启用',
      enabledAbout: '禁用后设备会被断开，且不再允许接入。',
      localLog: '本地日志',
      localLogAbout: '采集设备本地日志；设备在线时立即通知。',
      logTold: '已通知设备日志开关的变化。',
      logLater: '设备上线后会自行获取日志开关。',
      disable: '禁用设备',
      disableTitle: '禁用 {name}？',
      disableText: '连接会以 522 断开，重新启用前不再允许接入。',
      reset: '重置设备',
      resetTitle: '重置 {name}？',
      resetText: '设备恢复为从未连接过的状态：连接会被断开，并可再次动态注册。',
      tab: '显示：{name}',
    },
  },
})
