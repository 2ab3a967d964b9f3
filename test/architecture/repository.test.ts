import { describe, expect, it } from 'vitest'
import { projectFiles, readProjectFile } from './source.ts'

interface Manifest { scripts?: Record<string, string>, dependencies: Record<string, string>, devDependencies: Record<string, string> }

function manifest(): Manifest {
  return JSON.parse(readProjectFile('package.json') ?? '{}') as Manifest
}

// Joined from pieces, so that this file does not contain what it looks for.
const forbidden: { pattern: RegExp, why: string }[] = [
  {
    pattern: new RegExp(['(?<![\\w.-])/wo', 'rk/'].join('')),
    why: 'a path of one machine',
  },
  {
    pattern: new RegExp(['regi', 'stry\\.(?:npmjs|npmmirror|yarnpkg)\\.'].join('')),
    why: 'a registry host: which one is used is the machine\'s business',
  },
  {
    pattern: new RegExp(['"resol', 'ved": "http'].join('')),
    why: 'a download address in the lockfile: set omit-lockfile-registry-resolved=true',
  },
  {
    pattern: new RegExp(['-----BEGIN (?:RSA |EC )?PRIV', 'ATE KEY'].join('')),
    why: 'a private key',
  },
]

function findForbidden(text: string): string[] {
  return forbidden.filter(({ pattern }) => pattern.test(text)).map(({ why }) => why)
}

interface Lockfile { packages: Record<string, { optionalDependencies?: Record<string, string> }> }

/**
 * Optional dependencies that a package asks for and the lockfile does not hold. They arise when a tool is published before the
 * packages of some platforms are; `npm install` then leaves them out and `npm ci` refuses the whole lockfile.
 */
function findUnlocked({ packages }: Lockfile): string[] {
  const locked = new Set(Object.keys(packages).map(path => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)))
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(name => !locked.has(name)).map(name => `${path} wants ${name}`))
}

const textFile = /\.(?:ts|mts|mjs|cjs|js|vue|json|md|yml|yaml|css|html|svg|sh|conf|csv|txt|tsl)$|(?:^|\/)(?:run|\.npmrc|\.gitignore)$/

/** What the top level may hold besides dot-files; everything else has a place further down. */
const topLevel = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'README.md',
  'electron',
  'src',
  'resources',
  'test',
  'docs',
  'electron.vite.config.ts',
  'electron-builder.yml',
  'eslint.config.ts',
  'vitest.config.ts',
  'playwright.config.ts',
  'knip.json',
]

describe('the repository', () => {
  it('notices a machine\'s path and a registry in a text', () => {
    expect(findForbidden(`cd ${'/wo'}rk/main && npm ci`)).toHaveLength(1)
    expect(findForbidden(`"https://regi${'stry'}.npmjs.org/vue"`)).toHaveLength(1)
    expect(findForbidden('see docs/network/work/notes.md')).toEqual([])
  })

  it('mentions no machine, registry or key', () => {
    const found = projectFiles().filter(path => textFile.test(path)).flatMap(path => findForbidden(readProjectFile(path) ?? '').map(why => `${path} has ${why}`))
    expect(found).toEqual([])
  })

  it('keeps its top level to what a newcomer has to know', () => {
    const names = new Set(projectFiles().filter(path => readProjectFile(path) !== undefined).map(path => path.split('/')[0] ?? ''))
    expect([...names].filter(name => !name.startsWith('.') && !topLevel.includes(name))).toEqual([])
  })

  it('has no pre and post scripts, which do not run while install scripts are off', () => {
    const scripts = Object.keys(manifest().scripts ?? {})
    expect(scripts.filter(name => /^(?:pre|post)/.test(name) && scripts.includes(name.replace(/^(?:pre|post)/, '')))).toEqual([])
  })

  it('pins every version exactly', () => {
    const { dependencies, devDependencies } = manifest()
    expect(Object.entries({
      ...dependencies,
      ...devDependencies,
    }).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })

  it('has a lockfile that `npm ci` accepts on every platform; otherwise pin the tool (overrides) to a version that is complete', () => {
    expect(findUnlocked({ packages: { 'node_modules/tool': { optionalDependencies: { '@tool/linux': '1.0.0', '@tool/mac': '1.0.0' } }, 'node_modules/@tool/linux': {} } })).toEqual(['node_modules/tool wants @tool/mac'])
    expect(findUnlocked(JSON.parse(readProjectFile('package-lock.json') ?? '{}') as Lockfile)).toEqual([])
  })

  it('lists in the README only scripts that exist', () => {
    const scripts = manifest().scripts ?? {}
    const named = [
      ...(readProjectFile('README.md') ?? '').matchAll(/npm (?:run ([\w:]+)|(start|test)\b)/g),
    ].map(([, run, short]) => run ?? short ?? '')
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter(name => !(name in scripts))).toEqual([])
  })
})
