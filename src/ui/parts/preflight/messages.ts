import { defineMessages } from '../../kit/define-messages.ts'

export const preflightMessages = defineMessages({
  en: {
    preflight: {
      verdict: { ok: 'This machine can run it', warn: 'This machine can run it, but barely', stop: 'This machine cannot run it' },
      mark: { ok: 'good', warn: 'tight', stop: 'not enough' },
      name: { size: 'Devices', engineFiles: 'Handles of the engine', fleetFiles: 'Handles of the fleet', ports: 'Local ports', backlog: 'Waiting connections', memory: 'Memory', disk: 'Disk', speed: 'Speed' },
      uses: 'It uses {processes} processes and {addresses} source addresses by itself.',
      most: 'At most {count} devices would go.',
    },
  },
  zh: {
    preflight: {
      verdict: { ok: '本机可以运行', warn: '本机勉强可以运行', stop: '本机无法运行' },
      mark: { ok: '充足', warn: '紧张', stop: '不足' },
      name: { size: '设备数', engineFiles: '引擎句柄', fleetFiles: '设备群句柄', ports: '本地端口', backlog: '连接队列', memory: '内存', disk: '磁盘', speed: '速度' },
      uses: '将自动使用 {processes} 个进程和 {addresses} 个源地址。',
      most: '最多可以运行 {count} 台设备。',
    },
  },
})
