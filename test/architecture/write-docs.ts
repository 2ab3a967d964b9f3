/** `npm run docs`: writes the pages under docs/generated from the tables in the source. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generatedDocs } from './docs.ts'
import { projectDir } from './source.ts'

for (const [path, text] of Object.entries(generatedDocs())) {
  const file = join(projectDir, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  console.log(path)
}
