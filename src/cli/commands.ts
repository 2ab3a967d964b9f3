import type { Command } from './command.ts'
import { deviceDesired, deviceInvoke, deviceSet } from './device-call.ts'
import { deviceCreate, deviceDelete, deviceDisable, deviceEnable, deviceList, deviceShow } from './device.ts'
import { groupAdd, groupCreate, groupDelete, groupDevices, groupList, groupRemove } from './group.ts'
import { broadcast, devicePublish } from './message.ts'
import { productTopicAdd, productTopicList, productTopicRemove } from './product-topic.ts'
import { productExport, productImport, productList, productUpdate } from './product.ts'
import { serve } from './serve.ts'
import { simulate } from './simulate.ts'
import { trace } from './trace.ts'

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  serve,
  simulate,
  productImport,
  productList,
  productExport,
  productUpdate,
  productTopicList,
  productTopicAdd,
  productTopicRemove,
  deviceCreate,
  deviceList,
  deviceShow,
  deviceSet,
  deviceDesired,
  deviceInvoke,
  devicePublish,
  deviceDisable,
  deviceEnable,
  deviceDelete,
  groupList,
  groupCreate,
  groupDelete,
  groupAdd,
  groupRemove,
  groupDevices,
  broadcast,
  trace,
]
