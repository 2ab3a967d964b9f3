import { expect, it } from 'vitest'
import { startTestEngine } from '../support/test-engine.ts'

