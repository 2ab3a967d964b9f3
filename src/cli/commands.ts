import type { Command } from './command.ts'
import { deviceDesired, deviceInvoke, deviceSet } from './device-call.ts'
import { deviceCreate, deviceDelete, deviceDisable, deviceEnable, deviceList, deviceShow } from './device.ts'
import { productCreate } from './product-create.ts'
import { productExport, productImport, productList, productUpdate } from './product.ts'
import { serve } from './serve.ts'
import { simulate } from './simulate.ts'
import { topologyAdd, topologyList, topologyNotify, topologyPermit, topologyRemove } from './topology.ts'
import { trace } from './trace.ts'

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  serve,
  simulate,
  productCreate,
  productImport,
  productList,
  productExport,
  productUpdate,
  deviceCreate,
  deviceList,
  deviceShow,
  deviceSet,
  deviceDesired,
  deviceInvoke,
  deviceDisable,
  deviceEnable,
  deviceDelete,
  topologyList,
  topologyAdd,
  topologyRemove,
  topologyNotify,
  topologyPermit,
  trace,
]
