import type { NameCheck } from '../../../../shared/contract/batch-names.ts'
import type { ApiClient } from '../../../../shared/contract/contract.ts'
import { limits } from '../../../../shared/limits.ts'

/** Brings a list of device names to the engine piece by piece, telling how it goes; when it is aborted or fails, nothing stays. Rejects with AppError. */
export async function sendNames(api: Pick<ApiClient, 'call'>, list: Blob, productKey: string, onProgress: (check: NameCheck) => void, signal: AbortSignal): Promise<NameCheck> {
  const { namesId } = await api.call('batchNames.begin', { productKey })
  try {
    for (let offset = 0; offset < list.size;) {
      signal.throwIfAborted()
      const bytes = new Uint8Array(await list.slice(offset, offset + limits.namesPartBytesMax).arrayBuffer())
      const check = await api.call('batchNames.part', { namesId, offset, bytes })
      offset = check.received
      onProgress(check)
    }
    return await api.call('batchNames.end', { namesId })
  }
  catch (error) {
    await api.call('batchNames.drop', { namesId }).catch(() => {})
    throw error
  }
}

/** All lines of a list that are wrong, as CSV with a word for what is wrong. Rejects with AppError. */
export async function invalidNamesCsv(api: Pick<ApiClient, 'call'>, namesId: string, words: { titles: readonly string[], fault: (fault: string) => string }): Promise<Blob> {
  const pieces = [`\uFEFF${words.titles.join(',')}\n`]
  const limit = 20_000
  for (let offset = 0; ; offset += limit) {
    const { names, total } = await api.call('batchNames.invalid', { namesId, offset, limit })
    pieces.push(names.map(({ line, name, fault }) => `${line},${quote(name)},${quote(words.fault(fault))}\n`).join(''))
    if (offset + limit >= total)
      return new Blob(pieces, { type: 'text/csv;charset=utf-8' })
  }
}

/** A cell that no spreadsheet takes for a formula. */
function quote(text: string): string {
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
