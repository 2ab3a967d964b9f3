import type { Command } from './command.ts'
import { deviceDesired, deviceInvoke, deviceSet } from './device-call.ts'
import { deviceCreate, deviceDelete, deviceDisable, deviceEnable, deviceList, deviceShow } from './device.ts'
import { productScript } from './product-script.ts'
import { productCreate, productExport, productImport, productList, productUpdate } from './product.ts'
import { serve } from './serve.ts'
import { simulate } from './simulate.ts'
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
  productScript,
  deviceCreate,
  deviceList,
  deviceShow,
  deviceSet,
  deviceDesired,
  deviceInvoke,
  deviceDisable,
  deviceEnable,
  deviceDelete,
  trace,
]
