import type { MqttClient } from 'mqtt'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { JsonObject } from '../../src/shared/json.ts'
import { Buffer } from 'node:buffer'
import { buildFileFrame } from '../../src/shared/alink/file-upload.ts'
import { connectDevice } from './mqtt-device.ts'
import { waitFor } from './wait-for.ts'

export interface UploadReply { id: string, code: number, data: JsonObject, message: string }

export interface BlockWish { uploadId: string, offset: number, data: Uint8Array, isComplete?: boolean }

/** A device that uploads files over MQTT. Each call resolves with the platform's reply. */
export interface FileUploader {
  client: MqttClient
  /** Replies as text, in the order in which they came. */
  replies: string[]
  init: (params: JsonObject) => Promise<UploadReply>
  send: (block: BlockWish) => Promise<UploadReply>
  /** A frame as it is; its reply carries the id that the frame names. */
  sendFrame: (frame: Uint8Array, id: string) => Promise<UploadReply>
  cancel: (uploadId: string) => Promise<UploadReply>
  /** Sends a whole content in blocks, each after the reply to the one before. Resolves with the last reply. */
  sendAll: (uploadId: string, content: Uint8Array, from?: number, blockBytes?: number) => Promise<UploadReply>
}

/** Inside a test: connects a device and subscribes to the replies, which the platform does not do for it. */
export async function connectUploader(address: { host: string, port: number }, certificate: DeviceCertificate): Promise<FileUploader> {
  const { client } = await connectDevice(address, certificate)
  const root = `/sys/${certificate.productKey}/${certificate.deviceName}/thing/file/upload/mqtt/`
  const replies: string[] = []
  client.on('message', (_topic, payload) => replies.push(payload.toString()))
  await client.subscribeAsync(['init', 'send', 'cancel'].map(word => `${root}${word}_reply`))
  let lastId = 0

  async function ask(word: string, payload: Uint8Array, id: string): Promise<UploadReply> {
    const from = replies.length
    await client.publishAsync(root + word, Buffer.from(payload))
    return waitFor(() => replies.slice(from).map(text => JSON.parse(text) as UploadReply).find(reply => reply.id === id), { what: `the reply to ${word} ${id}` })
  }
  const request = (word: string, params: JsonObject): Promise<UploadReply> => {
    const id = String(++lastId)
    return ask(word, Buffer.from(JSON.stringify({ id, params })), id)
  }
  const send = ({ uploadId, offset, data, isComplete = false }: BlockWish): Promise<UploadReply> => {
    const id = String(++lastId)
    const header = Buffer.from(JSON.stringify({ id, params: { uploadId, offset, bSize: data.length, isComplete } }))
    return ask('send', buildFileFrame(header, data), id)
  }
  return {
    client,
    replies,
    init: params => request('init', params),
    cancel: uploadId => request('cancel', { uploadId }),
    send,
    sendFrame: (frame, id) => ask('send', frame, id),
    async sendAll(uploadId, content, from = 0, blockBytes = 2_048) {
      for (let offset = from; ; offset += blockBytes) {
        const data = content.subarray(offset, offset + blockBytes)
        const isComplete = offset + blockBytes >= content.length
        const reply = await send({ uploadId, offset, data, isComplete })
        if (isComplete || reply.code !== 200)
          return reply
      }
    },
  }
}
