/**
 * The file server of the bare rollout, in a process of its own: sends one file from disk to whoever asks, and knows nothing.
 *
 * `rollout-bare-server.ts FILE`; sends `{ port }` to its parent.
 */
import type { AddressInfo } from 'node:net'
import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'
import process from 'node:process'

const [file = ''] = process.argv.slice(2)
const { size } = statSync(file)
const server = createServer((_request, response) => {
  response.writeHead(200, { 'Content-Length': size })
  createReadStream(file, { highWaterMark: 256 * 1024 }).pipe(response)
})
server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit())
