import type { JsonObject } from '../../shared/json.ts'

/** The service refuses a call: HTTP 200 with `Success: false`, a code of the cloud (`iot.…`) and a sentence. */
export class ApiFailure extends Error {
  readonly code: string
  /** The platform's code behind it, where there is one. */
  readonly platformCode: number | undefined
  /** Further members of the answer. */
  readonly members: JsonObject

  constructor(code: string, message: string, { platformCode, members = {} }: { platformCode?: number | undefined, members?: JsonObject } = {}) {
    super(message)
    this.name = 'ApiFailure'
    this.code = code
    this.platformCode = platformCode
    this.members = members
  }
}

/** The gateway in front of the service refuses a call: an HTTP status of 4xx or 5xx, a code and a sentence. */
export class GatewayFailure extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'GatewayFailure'
    this.status = status
    this.code = code
  }
}
