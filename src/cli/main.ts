import process from 'node:process'
import { commands } from './commands.ts'
import { followParentUnderNpm } from './follow-parent.ts'
import { createOutput } from './output.ts'
import { runCommandLine } from './run-command-line.ts'

// The entry of the command line, from source (through bin.mjs, which checks Node first) and as a built bundle.

if (process.channel) {
  // Started by bin.mjs on an older Node: when that process is killed, this one must not live on unseen.
  process.on('disconnect', () => process.exit(137))
  process.channel.unref()
}

followParentUnderNpm()

// Not process.exit: what is still on its way to stdout would be cut off.
process.exitCode = await runCommandLine(process.argv.slice(2), commands, createOutput(process.stdout, process.stderr))
