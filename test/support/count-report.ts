/** `node count-report.ts FILE`: prints the tests that did not run, a line each, and then `PASSED FAILED`. */
import process from 'node:process'
import { countFile } from './reports.ts'

const [file = ''] = process.argv.slice(2)
const { passed, failed, skipped } = countFile(file)
// The desktop shell's own tests need a binary that no package carries; everything else has to run.
const excused = skipped.filter(name => name.startsWith('electron:'))
const missing = skipped.filter(name => !excused.includes(name))
for (const name of missing)
  console.log(`did not run: ${name}`)
if (excused.length > 0)
  console.log(`${excused.length} tests of the real desktop shell were left out: its binary is not installed.`)
console.log(`${passed} ${failed + missing.length}`)
