import type { Causes } from './bench.ts'
import { Buffer } from 'node:buffer'
import { connectUploader } from '../file-uploader.ts'

/** Files that devices upload. */
export const fileCauses: Causes = {
  'FILE/78123': { provoke: async ({ mqtt, certificate }) => {
    const uploader = await connectUploader(mqtt, certificate)
    const params = { fileName: 'taken.log', fileSize: -1, conflictStrategy: 'reject' }
    const { data } = await uploader.init(params)
    await uploader.send({ uploadId: String(data.uploadId), offset: 0, data: Buffer.from('x'), isComplete: true })
    await uploader.init(params)
  }, names: /strategy "reject", got "?taken\.log/ },
}
