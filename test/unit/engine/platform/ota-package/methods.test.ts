import { expect, it } from 'vitest'
import { otaPackageMethodHandlers } from '../../../../../src/engine/platform/ota-package/methods.ts'

it('a package that is being rolled out is not deleted', async () => {
  const context = { packages: { get: () => ({ name: 'app', files: [] }) }, isRolledOut: () => true } as never
  await expect((async () => otaPackageMethodHandlers(context)['otaPackage.delete']({ packageId: '1' }, { signal: new AbortController().signal }))())
    .rejects
    .toMatchObject({ code: 'ota/package-in-use', message: 'app is being rolled out; cancel its batches first.' })
})
