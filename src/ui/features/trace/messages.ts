import { defineMessages } from '../../kit/define-messages.ts'

export const traceMessages = defineMessages({
  en: {
    trace: {
      title: 'Trace',
      about: 'Every message both ways, whatever became of it',
      filter: 'Filter: device:…  topic:…  code:failed  lag>500ms  or any text',
      export: 'Export',
      exportCsv: 'CSV, everything that matches',
      exportJsonl: 'JSON lines, everything that matches',
      exporting: '{rows} messages, {bytes}',
      exported: '{rows} messages were saved to {name}.',
      exportStopped: 'The export was stopped; nothing was saved.',
      stopExport: 'Stop',
    },
  },
  zh: {
    trace: {
      title: '消息追踪',
      about: '双向的每一条消息，无论结果如何',
      filter: '筛选：device:…  topic:…  code:failed  lag>500ms  或任意文本',
      export: '导出',
      exportCsv: 'CSV，全部符合条件的消息',
      exportJsonl: 'JSON Lines，全部符合条件的消息',
      exporting: '{rows} 条，{bytes}',
      exported: '已将 {rows} 条消息保存到 {name}。',
      exportStopped: '导出已停止，未保存任何内容。',
      stopExport: '停止',
    },
  },
})
