import type { FromWriter, ToWriter, WriterSetup } from './messages.ts'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../shared/errors.ts'
import { workerEntry } from './worker-entry.ts'

/** The writer worker as the engine's thread sees it. */
export interface WriterClient {
  readonly opened: Opened
  post: (message: ToWriter, transfer?: ArrayBuffer[]) => void
  /** Hands over what the worker says, beginning with what it has said since it was started. `onCrash`: it ended with an error. */
  listen: (onMessage: (message: FromWriter) => void, onCrash: (message: string) => void) => void
  /** Resolves when the worker has ended. */
  readonly ended: Promise<void>
}

type Opened = Extract<FromWriter, { kind: 'opened' }>

/** Starts the writer worker and waits until it has opened the workspace; rejects with the AppError that says why it could not. */
export async function startWriter(setup: WriterSetup): Promise<WriterClient> {
  const worker = new Worker(workerEntry('writer'), { name: 'store-writer', workerData: setup })
  const ended = new Promise<void>(resolve => worker.on('exit', () => resolve()))
  const early: FromWriter[] = []
  let onMessage = (message: FromWriter): void => { early.push(message) }
  let onCrash = (_message: string): void => {}

  const opened = await new Promise<Opened>((resolve, reject) => {
    worker.on('message', (message: FromWriter) => {
      if (message.kind === 'opened')
        resolve(message)
      else if (message.kind === 'refused')
        ended.then(() => reject(new AppError(message.error.code, message.error.message, message.error.details)))
      else
        onMessage(message)
    })
    worker.on('error', (error) => {
      const sentence = `The thread that writes the workspace ${setup.dir} has failed: ${error instanceof Error ? error.message : String(error)}. Restart Thingbench.`
      reject(new AppError('store/unwritable', sentence, { dir: setup.dir }))
      onCrash(sentence)
    })
  })

  return {
    opened,
    ended,
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    listen(handleMessage, handleCrash) {
      onMessage = handleMessage
      onCrash = handleCrash
      for (const message of early.splice(0))
        onMessage(message)
    },
  }
}
