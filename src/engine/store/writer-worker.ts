import type { FromWriter, ToWriter, WriterSetup } from './messages.ts'
import type { Writer } from './write/writer.ts'
import { parentPort, workerData } from 'node:worker_threads'
import { AppError, toErrorValue } from '../../shared/errors.ts'
import { createWriter, failureSentence } from './write/writer.ts'

/** Entry of the writer worker: the one thread that writes to the workspace. */
const port = parentPort!
const setup = workerData as WriterSetup
const post = (message: FromWriter) => port.postMessage(message)

function start(): Writer | undefined {
  try {
    return createWriter(setup, post)
  }
  catch (error) {
    post({
      kind: 'refused',
      error: toErrorValue(error instanceof AppError ? error : new AppError('store/unwritable', failureSentence(setup.dir, error), { dir: setup.dir })),
    })
    port.close()
    return undefined
  }
}

const writer = start()
let stepping = false

/** Series work goes on between messages, never before one that waits. */
function step(): void {
  stepping = writer!.step()
  if (stepping)
    setImmediate(step)
}

if (writer) {
  port.on('message', (message: ToWriter) => {
    writer.handle(message)
    if (message.kind === 'close')
      return port.close()
    if (!stepping) {
      stepping = true
      setImmediate(step)
    }
  })
  stepping = true
  setImmediate(step)
}
