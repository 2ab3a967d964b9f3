import type { FromReader, ReaderSetup, ToReader } from './messages.ts'
import { parentPort, workerData } from 'node:worker_threads'
import { createReader } from './read/reader.ts'

/** Entry of the reader worker: the thread that runs every query, so that none holds up the sockets. */
const port = parentPort!
const reader = createReader(workerData as ReaderSetup, (message: FromReader) => port.postMessage(message, payloadsOf(message)))

/** The payloads of a page move to the other thread without a copy. */
function payloadsOf(message: FromReader): ArrayBuffer[] {
  return message.kind === 'answer' && message.value && 'nextId' in message.value ? [message.value.rows.payloads.buffer as ArrayBuffer] : []
}

port.on('message', (message: ToReader) => {
  reader.handle(message)
  if (message.kind === 'close')
    port.close()
})
