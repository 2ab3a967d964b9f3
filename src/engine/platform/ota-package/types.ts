import type { FileFlow } from '../file-flow.ts'

/** Sees what devices download, and may disturb it. */
export interface DownloadWatch {
  /** A device (0: somebody) gets `bytes` from `start` on of a file of `size` bytes; what comes back says how. */
  onDownload: (deviceId: number, part: { fileId: string, size: number, start: number, bytes: number }) => FileFlow | undefined
  /** A device was refused because the time of its address was over. */
  onExpired: (deviceId: number) => void
}
