import { describe, expect, it } from 'vitest'
import { checkFiles, checkNewPackage } from '../../../../../src/engine/platform/ota-package/rules.ts'
import { moduleAliasSchema, packageFileNameSchema, packageNameSchema } from '../../../../../src/shared/contract/ota-package.ts'
import { limits } from '../../../../../src/shared/limits.ts'

const file = { fileId: '1', name: 'a.bin', size: 1_100_000_000, md5: 'm1', sha256: 's1' }
const wish: Parameters<typeof checkNewPackage>[0] = { kind: 'full', version: '2', name: 'app', uploadIds: ['0123456789abcdef'] }
const shelf = { packageCount: 0, isNameTaken: false, applyLimits: true }

describe('the rules of packages', () => {
  it('take the names that the platform takes', () => {
    const fits = (name: string) => packageNameSchema.safeParse(name).success
    expect(['a', '1', 'App_2-0(b)', 'x'.repeat(40)].every(fits)).toBe(true)
    expect(['', '_a', '-a', '(a', 'a.b', 'a b', 'x'.repeat(41)].some(fits)).toBe(false)
    const isFile = (name: string) => packageFileNameSchema.safeParse(name).success
    expect(['a.bin', 'A.BIN', 'a.tar.gz', 'a.tar.xz', 'a.pack', `${'a'.repeat(28)}.bin`].every(isFile)).toBe(true)
    expect(['.bin', 'a.xz', 'a.exe', 'a/b.bin', `${'a'.repeat(29)}.bin`].some(isFile)).toBe(false)
    expect([moduleAliasSchema.safeParse('abc').success, moduleAliasSchema.safeParse('abcd').success]).toEqual([false, true])
  })

  it('hold the number and the size of packages only while the cloud\'s limits are applied', () => {
    expect(() => checkNewPackage(wish, { ...shelf, packageCount: limits.packagesMax })).toThrow('at most 500 update packages')
    expect(() => checkNewPackage(wish, { ...shelf, packageCount: limits.packagesMax, applyLimits: false })).not.toThrow()
    const two = [file, { ...file, name: 'b.bin', md5: 'm2', sha256: 's2' }]
    expect(() => checkFiles(two, 'MD5', true)).toThrow('files: expected at most 2097152000 bytes together, got 2200000000.')
    expect(() => checkFiles(two, 'MD5', false)).not.toThrow()
  })

  it('refuse a source version of a full package, files of one name and the same file twice', () => {
    expect(() => checkNewPackage({ ...wish, sourceVersion: '1' }, shelf)).toThrow('sourceVersion: expected none')
    expect(() => checkNewPackage({ ...wish, uploadIds: ['a', 'a'] }, shelf)).toThrow('each file once')
    expect(() => checkNewPackage(wish, { ...shelf, isNameTaken: true })).toThrow('name: expected a name that no other')
    expect(() => checkFiles([file, { ...file, md5: 'm2' }], 'MD5', false)).toThrow('two named a.bin')
    expect(() => checkFiles([file, { ...file, name: 'b.bin', md5: 'm2' }], 'SHA256', false)).toThrow('with the same content')
  })
})
