import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { findElectron } from '../../../src/cli/find-electron.ts'

const packageDir = path.resolve('/project/node_modules/electron')

/** A machine with these files; a value is the text of the file. */
function machine(given: Record<string, string>) {
  const files = Object.fromEntries(Object.entries(given).map(([file, text]) => [path.resolve(file), text]))
  return { exists: (file: string) => path.resolve(file) in files, read: (file: string) => files[path.resolve(file)] }
}

const installed = machine({
  '/project/node_modules/electron/path.txt': 'electron\n',
  '/project/node_modules/electron/dist/electron': '',
})

describe('the search for Electron', () => {
  it('finds the program that the package downloaded', () => {
    expect(findElectron({}, packageDir, installed)).toBe(path.join(packageDir, 'dist', 'electron'))
  })

  it('finds none in a package that downloaded nothing, or half', () => {
    expect(findElectron({}, packageDir, machine({}))).toBeUndefined()
    expect(findElectron({}, packageDir, machine({ '/project/node_modules/electron/path.txt': 'electron' }))).toBeUndefined()
    expect(findElectron({}, packageDir, machine({ '/project/node_modules/electron/path.txt': '', '/project/node_modules/electron/dist/electron': '' }))).toBeUndefined()
  })

  it('finds none without the package', () => {
    expect(findElectron({}, undefined, installed)).toBeUndefined()
  })

  it('takes the program that ELECTRON_EXEC_PATH names, and no other when that is missing', () => {
    expect(findElectron({ ELECTRON_EXEC_PATH: '/opt/electron' }, packageDir, machine({ '/opt/electron': '' }))).toBe('/opt/electron')
    expect(findElectron({ ELECTRON_EXEC_PATH: '/opt/electron' }, packageDir, installed)).toBeUndefined()
  })

  it('looks in ELECTRON_OVERRIDE_DIST_PATH, and nowhere else', () => {
    const env = { ELECTRON_OVERRIDE_DIST_PATH: '/dist' }
    expect(findElectron(env, packageDir, machine({ '/dist/electron': '' }))).toBe(path.join('/dist', 'electron'))
    expect(findElectron(env, packageDir, machine({ '/project/node_modules/electron/path.txt': 'electron.exe', '/dist/electron.exe': '' }))).toBe(path.join('/dist', 'electron.exe'))
    expect(findElectron(env, undefined, machine({ '/dist/electron': '' }))).toBe(path.join('/dist', 'electron'))
    expect(findElectron(env, packageDir, installed)).toBeUndefined()
  })

  it('takes an empty variable for none', () => {
    expect(findElectron({ ELECTRON_EXEC_PATH: '', ELECTRON_OVERRIDE_DIST_PATH: '' }, packageDir, installed)).toBe(path.join(packageDir, 'dist', 'electron'))
  })
})
