import type { FromReader, ReaderSetup, ToReader } from './messages.ts'
import { parentPort, workerData } from 'node:worker_threads'
import { createReader } from './read/reader.ts'

/** Entry of the reader worker: the thread that runs every query, so that none holds up the sockets. */
const port = parentPort!
const reader = createReader(workerData as ReaderSetup, (message: FromReader) => port.postMessage(message))

port.on('message', (message: ToReader) => {
  reader.handle(message)
  if (message.kind === 'close')
    port.close()
})
