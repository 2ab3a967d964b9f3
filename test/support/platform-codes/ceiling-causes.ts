import type { Bench, Causes } from './bench.ts'
import { Buffer } from 'node:buffer'
import { limits } from '../../../src/shared/limits.ts'
import { everyTypeProductKey as productKey } from '../every-type-product.ts'
import { connectUploader } from '../file-uploader.ts'

/** A hundred reports with QoS 1 in one go, over so many topics: far above the rate; all of them are acknowledged (trap T26). */
export async function burst({ connect, root, deviceName }: Bench, topics: number): Promise<void> {
  const client = await connect()
  const topicOf = (at: number): string => at % topics === 0 ? `${root}/thing/event/property/post` : `/${productKey}/${deviceName}/user/update`
  await Promise.all(Array.from({ length: 100 }, (_, at) => client.publishAsync(topicOf(at), '{"id":"1","params":{"Int":1}}', { qos: 1 })))
}

/** What arises only while the cloud's limits are applied. */
export const ceilingCauses: Causes = {
  'MSG/1942': { provoke: bench => burst(bench, 1), names: /on \/sys\/.*10 messages with QoS 1 are allowed in one second, and this is number \d\d/ },
  'MSG/9324': { provoke: bench => burst(bench, 2), names: /10 messages with QoS 1 are allowed in one second, and this is number \d\d/ },
  'REP/6452': { provoke: bench => burst(bench, 1), names: /10 messages with QoS 1/ },
  'REP/6106': { provoke: bench => bench.report(Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`P${at}`, 1]))), names: /201 properties.*at most 200/ },
  'FILE/78129': { provoke: fillShelf, names: /at most 1000 files of a device, got one more/ },
}

/** As many files as the cloud keeps of a device, put there without its limits, and then one more. */
async function fillShelf({ api, mqtt, certificate }: Bench): Promise<void> {
  const uploader = await connectUploader(mqtt, certificate)
  const upload = async (fileName: string): Promise<void> => {
    const { data } = await uploader.init({ fileName, fileSize: -1 })
    await uploader.send({ uploadId: String(data.uploadId), offset: 0, data: Buffer.from('x'), isComplete: true })
  }
  await api.call('settings.set', { name: 'limits.applyCloud', value: false })
  for (let from = 0; from < limits.filesPerDeviceMax; from += 10)
    await Promise.all(Array.from({ length: 10 }, (_, at) => upload(`f${from + at}`)))
  await api.call('settings.set', { name: 'limits.applyCloud', value: true })
  await uploader.init({ fileName: 'one_more', fileSize: -1 })
}
