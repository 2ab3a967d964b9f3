import { defineMessages } from '../../kit/define-messages.ts'

/** Words of the tabs under which one device is worked with. */
export const debugTabMessages = defineMessages({
  en: { debugTabs: { label: 'Work with a device', debug: 'Online debugging', simulate: 'Device simulation', firmware: 'Test my firmware' } },
  zh: { debugTabs: { label: '单个设备', debug: '在线调试', simulate: '设备模拟', firmware: '测试我的固件' } },
})
