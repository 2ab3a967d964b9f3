import { defineMessages } from '../../kit/define-messages.ts'

/** Words of the fields in which values of a thing model are typed. */
export const valueFormMessages = defineMessages({
  en: {
    valueForm: {
      none: 'No parameters.',
      now: 'Now',
      pick: 'Pick a time',
      empty: 'Empty',
      emptyAbout: 'Send an empty text instead of leaving it out',
      emptyText: 'empty text',
      leaveOut: 'Leave it out',
      leaveOutOf: 'Leave out {name}',
      fillStruct: 'Fill in {count} members | Fill in {count} member | Fill in {count} members',
      fillArray: 'Begin a list',
      addItem: 'Add an element',
      removeItem: 'Remove this element',
      removeItemOf: 'Remove element {at} of {name}',
      asJson: 'As JSON',
      asFields: 'As fields',
      notJson: 'Line {line}, column {column}: expected {expected}, got {got}.',
      notObject: 'Expected a JSON object with a value for each name.',
      stranger: 'The thing model has no "{name}" here.',
    },
  },
  zh: {
    valueForm: {
      none: '没有参数。',
      now: '现在',
      pick: '选择时间',
      empty: '空文本',
      emptyAbout: '发送空文本，而不是不填',
      emptyText: '空的文本',
      leaveOut: '不填',
      leaveOutOf: '不填 {name}',
      fillStruct: '填写 {count} 个成员',
      fillArray: '开始填写数组',
      addItem: '添加元素',
      removeItem: '移除该元素',
      removeItemOf: '移除 {name} 的第 {at} 个元素',
      asJson: '以 JSON 填写',
      asFields: '以表单填写',
      notJson: '第 {line} 行第 {column} 列：应为 {expected}，实为 {got}。',
      notObject: '应为 JSON 对象，每个名称对应一个值。',
      stranger: '物模型在此处没有 "{name}"。',
    },
  },
})
