import process from 'node:process'
import { runEngineService } from './engine-service.ts'

// The entry of the utility process that holds the engine; main talks to it over `parentPort`.
runEngineService(process.parentPort, code => process.exit(code))
