import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { registryFile, tracesFolder } from './database-files.ts'
import { causeOf } from './storage-fault.ts'

/** Makes the workspace folder and proves that files can be written in it; throws AppError store/unwritable with the cause. */
export async function prepareFolder(dir: string): Promise<void> {
  try {
    await mkdir(join(dir, tracesFolder), { recursive: true })
    const file = await open(join(dir, registryFile), 'a')
    await file.close()
  }
  catch (error) {
    throw new AppError('store/unwritable', `The workspace folder ${dir} cannot be written: ${causeOf(error)}.`, { dir })
  }
}
