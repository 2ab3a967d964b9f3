import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Product key in the file of {@link writeCounterModel}. */
export const counterProductKey = 'a1Counter'

/** A thing model with one integer property, `Counter`, 0 to 1000; returns the path of the file. */
export function writeCounterModel(folder: string, productKey: string = counterProductKey): string {
  const file = join(folder, 'counter.tsl.json')
  writeFileSync(file, JSON.stringify({
    schema: 'https://iotx-tsl.oss-ap-southeast-1.aliyuncs.com/schema.json',
    profile: { productKey },
    services: [],
    properties: [
      {
        identifier: 'Counter',
        name: 'Counter',
        accessMode: 'rw',
        required: false,
        dataType: { type: 'int', specs: { min: '0', max: '1000', step: '1', unit: '', unitName: '' } },
      },
    ],
    events: [],
  }, null, 2))
  return file
}
