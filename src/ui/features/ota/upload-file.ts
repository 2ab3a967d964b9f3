import type { ApiClient } from '../../../shared/contract/contract.ts'
import type { UploadedFile } from '../../../shared/contract/ota-package.ts'
import { limits } from '../../../shared/limits.ts'

/** Brings a file to the engine piece by piece, telling how many bytes are there; when it is aborted or fails, nothing stays. Rejects with AppError. */
export async function uploadFile(api: Pick<ApiClient, 'call'>, file: File, onProgress: (bytes: number) => void, signal: AbortSignal): Promise<UploadedFile> {
  const { uploadId } = await api.call('otaUpload.begin', { name: file.name })
  try {
    for (let offset = 0; offset < file.size;) {
      signal.throwIfAborted()
      const bytes = new Uint8Array(await file.slice(offset, offset + limits.packagePartBytesMax).arrayBuffer())
      offset = (await api.call('otaUpload.part', { uploadId, offset, bytes })).received
      onProgress(offset)
    }
    return await api.call('otaUpload.end', { uploadId })
  }
  catch (error) {
    await api.call('otaUpload.drop', { uploadId }).catch(() => {})
    throw error
  }
}
