/** Codes of the platform's log that the broker gives out, by what they say there. */
export const platformCode = {
  success: 200,
  /** The same identity connected elsewhere. */
  kicked: 427,
  malformed: 460,
  sessionMissing: 520,
  deviceDeleted: 521,
  deviceDisabled: 522,
  topicMalformed: 1903,
  keepaliveExpired: 1910,
  connectionLost: 1911,
  gatewayGone: 1913,
  /** The device sent something that the platform does not know. */
  unknownMessage: 1951,
  tokenRefused: 2043,
  deviceUnknown: 6100,
  signatureWrong: 6287,
  signMethodUnknown: 6292,
  topicNotPermitted: 9236,
  payloadInvalid: 9320,
  throttled: 429,
} as const
