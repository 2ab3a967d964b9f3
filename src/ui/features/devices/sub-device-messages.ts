import { defineMessages } from '../../kit/define-messages.ts'

/** Words of gateways and sub-devices on a device's page. */
export const subDeviceMessages = defineMessages({
  en: {
    subDevices: {
      gateway: 'Gateway',
      through: 'Logged in through its gateway, whose connection this is.',
      choose: 'Devices of sub-device products…',
      add: 'Add',
      notify: 'Ask the gateway',
      notifyAbout: 'Sends thing/topo/add/notify: the gateway registers, adds and logs in the devices by itself.',
      remove: 'Remove',
      count: '{count} sub-devices | {count} sub-device | {count} sub-devices',
      added: '{count} sub-devices were added. The gateway is offline, so it was not told. | {count} sub-device was added. The gateway is offline, so it was not told. | {count} sub-devices were added. The gateway is offline, so it was not told.',
      addedTold: '{count} sub-devices were added, and the gateway was told. | {count} sub-device was added, and the gateway was told. | {count} sub-devices were added, and the gateway was told.',
      notified: 'The gateway was asked. Its answer is among the messages.',
      removed: '{name} was removed from this gateway.',
      byItself: 'connected by itself',
      columns: { name: 'Sub-device', product: 'Product', state: 'State', since: 'Since', added: 'Added' },
      empty: {
        title: 'No sub-devices yet',
        text: 'Add devices here, or let the gateway do it with thing/topo/add.',
        noProduct: 'Sub-devices belong to a product with the node type sub-device. Make or import one first.',
      },
    },
  },
  zh: {
    subDevices: {
      gateway: '所属网关',
      through: '已通过网关登录，以下为网关的连接信息。',
      choose: '选择子设备产品下的设备…',
      add: '添加',
      notify: '通知网关添加',
      notifyAbout: '发送 thing/topo/add/notify，由网关自行完成注册、添加拓扑和登录。',
      remove: '移除',
      count: '{count} 个子设备',
      added: '已添加 {count} 个子设备。网关不在线，未收到通知。',
      addedTold: '已添加 {count} 个子设备，并已通知网关。',
      notified: '已通知网关，其应答见消息列表。',
      removed: '已将 {name} 从该网关移除。',
      byItself: '自行连接',
      columns: { name: '子设备', product: '产品', state: '状态', since: '持续时间', added: '添加时间' },
      empty: {
        title: '还没有子设备',
        text: '可在此添加，也可由网关通过 thing/topo/add 自行添加。',
        noProduct: '子设备须属于节点类型为子设备的产品，请先创建或导入产品。',
      },
    },
  },
})
