import { dirname } from 'node:path'

export const projectDir = dirname(dirname(import.meta.dirname))
