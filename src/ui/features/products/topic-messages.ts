import { defineMessages } from '../../kit/define-messages.ts'

/** Words of the topics of a product. */
export const productTopicMessages = defineMessages({
  en: {
    topics: {
      title: 'Custom topics',
      about: 'A device may use only these; anything else is refused as in the cloud (9236).',
      columns: { operation: 'Devices may', description: 'For what' },
      operation: { PUB: 'publish', SUB: 'subscribe', ALL: 'publish and subscribe' },
      default: 'every product has it',
      add: 'Add',
      newName: 'user/… with + and # as wildcards',
      newDescription: 'What it is for',
      remove: 'Delete {name}',
      removed: 'Topic {name} was deleted.',
      rule: 'Expected letters, digits and underscores in at most 4 levels with / between them; + stands for any one level, # at the end for all that follow.',
      broadcast: 'Broadcast…',
    },
  },
  zh: {
    topics: {
      title: '自定义 Topic',
      about: '设备只能使用这些 Topic，其余与云端一样会被拒绝（9236）。',
      columns: { operation: '设备权限', description: '用途' },
      operation: { PUB: '发布', SUB: '订阅', ALL: '发布和订阅' },
      default: '每个产品都有',
      add: '添加',
      newName: 'user/…，可使用通配符 + 和 #',
      newDescription: '用途',
      remove: '删除 {name}',
      removed: 'Topic {name} 已删除。',
      rule: '名称无效：每级只能包含字母、数字和下划线，最多 4 级；+ 代表任意一级，# 只能放在最后。',
      broadcast: '广播…',
    },
  },
})
