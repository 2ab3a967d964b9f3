import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../../shared/clock.ts'
import type { UploadForm } from '../../../shared/contract/ota-package.ts'
import type { DeviceHttpAnswer, DeviceHttpRoute } from '../device-http.ts'
import type { PackageUploads } from './uploads.ts'
import { Buffer } from 'node:buffer'
import { createHmac, randomBytes } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { storeError } from '../store-error.ts'
import { boundaryOf, formParts, FormProblem } from './form-data.ts'

interface Ticket extends UploadForm {
  expiresAt: number
  /** Set when the file is there. */
  uploadId: string | null
}

export interface UploadFormsContext {
  clock: Clock
  uploads: PackageUploads
  makeId: () => string
  /** Base address of the listener that takes the forms; null without one. */
  baseUrl: () => string | null
}

const prefix = '/ota-upload'

/**
 * Files posted as a form, in the way of the cloud's file store: a program asks for a form, posts the file with its fields, and
 * names it by its address afterwards. What was allowed and what came in is known while the engine runs.
 */
export class UploadForms {
  readonly #context: UploadFormsContext
  readonly #secret = randomBytes(32)
  readonly #accessKeyId = `TBOSS${randomBytes(8).toString('hex')}`
  readonly #tickets = new Map<string, Ticket>()

  constructor(context: UploadFormsContext) {
    this.#context = context
  }

  /** Allows a file whose name ends with `suffix` to be posted. Throws AppError listen/failed without a listener. */
  allow(suffix: string): UploadForm {
    const { clock, baseUrl, makeId } = this.#context
    const base = baseUrl()
    if (base === null)
      throw new AppError('listen/failed', 'There is no HTTP listener to which a file could be posted.')
    const oldest = this.#tickets.keys().next()
    if (this.#tickets.size >= limits.uploadFormsMax && !oldest.done)
      this.#tickets.delete(oldest.value)
    const key = `ota/${makeId()}.${suffix}`
    const expiresAt = clock.now() + limits.uploadFormValidMs
    const policy = Buffer.from(JSON.stringify({ expiration: new Date(expiresAt).toISOString(), conditions: [['eq', '$key', key]] })).toString('base64')
    const ticket: Ticket = { host: `${base}${prefix}`, key, accessKeyId: this.#accessKeyId, policy, signature: this.#sign(policy), url: `${base}${prefix}/${key}`, expiresAt, uploadId: null }
    this.#tickets.set(key, ticket)
    const { uploadId: _, expiresAt: __, ...form } = ticket
    return form
  }

  /** The file that was posted to an address made here; undefined for any other address. Throws AppError when none was posted. */
  postedTo(url: string): string | undefined {
    const ticket = Array.from(this.#tickets.values()).find(one => one.url === url)
    if (ticket?.uploadId === null)
      throw new AppError('ota/upload-not-found', `No file was posted to ${url} yet.`, { url })
    return ticket?.uploadId
  }

  /** Takes the forms. */
  get route(): DeviceHttpRoute {
    return { prefix, respond: request => this.#respond(request) }
  }

  async #respond(request: IncomingMessage): Promise<DeviceHttpAnswer> {
    const boundary = boundaryOf(request.headers['content-type'])
    if (request.method !== 'POST' || boundary === undefined)
      return storeError(request, 400, 'MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.')
    try {
      return await this.#take(request, boundary)
    }
    catch (error) {
      if (error instanceof FormProblem)
        return storeError(request, 400, 'MalformedPOSTRequest', `The body of your POST request is not well-formed: ${error.message}.`)
      if (error instanceof AppError)
        return storeError(request, 400, error.code === 'limit/reached' ? 'EntityTooLarge' : 'InvalidArgument', error.message)
      throw error
    }
  }

  async #take(request: IncomingMessage, boundary: string): Promise<DeviceHttpAnswer> {
    const fields = new Map<string, string>()
    for await (const part of formParts(request, boundary)) {
      if ('value' in part) {
        fields.set(part.name.toLowerCase(), part.value)
        continue
      }
      const ticket = this.#tickets.get(fields.get('key') ?? '')
      if (ticket === undefined || fields.get('ossaccesskeyid') !== ticket.accessKeyId || fields.get('policy') !== ticket.policy)
        return storeError(request, 403, 'AccessDenied', 'The fields key, OSSAccessKeyId and policy have to be those of a form that was made here, and stand before the file.')
      if (fields.get('signature') !== ticket.signature)
        return storeError(request, 403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.')
      if (this.#context.clock.now() >= ticket.expiresAt)
        return storeError(request, 403, 'AccessDenied', 'Invalid according to Policy: Policy expired.')
      const { uploadId } = await this.#context.uploads.take(ticket.key.slice('ota/'.length), part.content, ticket.key.endsWith('.csv') ? limits.nameListKeptMs : undefined)
      if (ticket.uploadId !== null)
        await this.#context.uploads.drop(ticket.uploadId)
      ticket.uploadId = uploadId
    }
    if (!fields.has('key'))
      throw new FormProblem('it has no file')
    return { status: { 200: 200, 201: 201 }[fields.get('success_action_status') ?? ''] ?? 204, body: '' }
  }

  #sign(policy: string): string {
    return createHmac('sha1', this.#secret).update(policy).digest('base64')
  }
}
