#!/usr/bin/env node
// Plain JavaScript, understood by any Node: it sees to it that the TypeScript behind it meets one that is new enough.
// On an older Node a native module would end the process without a word.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import path from 'node:path'
import process from 'node:process'

const nodeMajorMin = 24

if (Number.parseInt(process.versions.node, 10) >= nodeMajorMin) {
  // Halves the time a command takes from its second run on; where it cannot be written nothing happens.
  module.enableCompileCache(path.join(import.meta.dirname, '../../node_modules/.cache/compiled'))
  await import('./main.ts')
}
else {
  const pinned = findPinnedNode()
  if (pinned === undefined) {
    process.stderr.write(`Thingbench needs Node ${nodeMajorMin} or newer, but this is Node ${process.versions.node} at ${process.execPath}.\n`)
    process.exitCode = 1
  }
  else {
    runWith(pinned)
  }
}

/** The Node that `npm ci` put beside the other packages; undefined on platforms that have none. */
function findPinnedNode() {
  const name = `node-${process.platform === 'win32'
    ? 'win'
    : process.platform}-${process.arch}`
  try {
    const folder = path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    return [
      path.join(folder, 'bin', 'node'),
      path.join(folder, 'bin', 'node.exe'),
    ].find(file => existsSync(file))
  }
  catch {
    return undefined
  }
}

/** Runs the same command line with another Node and ends as it ends. */
function runWith(node) {
  // The channel tells the other process when this one is killed; `main.ts` then ends too.
  const child = spawn(node, [
    ...process.execArgv,
    ...process.argv.slice(1),
  ], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  const signals = ['SIGINT', 'SIGTERM']
  const forward = signal => void child.kill(signal)
  for (const signal of signals)
    process.on(signal, forward)
  if (process.env.npm_command !== undefined)
    onceParentIsGone(() => forward('SIGTERM'))
  child.on('error', (error) => {
    process.stderr.write(`Thingbench could not start ${node}: ${error.message}.\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    for (const name of signals)
      process.off(name, forward)
    if (signal === null)
      process.exitCode = code ?? 1
    else
      process.kill(process.pid, signal)
  })
}

/** As follow-parent.ts does, which this Node cannot read. */
function onceParentIsGone(run) {
  const parent = process.ppid
  const look = setInterval(() => {
    if (process.ppid === parent)
      return
    clearInterval(look)
    run()
  }, 250)
  look.unref()
}
