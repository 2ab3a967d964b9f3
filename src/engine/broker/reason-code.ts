/** MQTT 5 reason codes that the broker uses (MQTT 5, section 2.4). */
export const reasonCode = {
  success: 0x00,
  noSubscriptionExisted: 0x11,
  unspecified: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  unsupportedProtocolVersion: 0x84,
  clientIdentifierNotValid: 0x85,
  badUserNameOrPassword: 0x86,
  notAuthorized: 0x87,
  serverUnavailable: 0x88,
  serverShuttingDown: 0x8B,
  badAuthenticationMethod: 0x8C,
  keepAliveTimeout: 0x8D,
  sessionTakenOver: 0x8E,
  topicFilterInvalid: 0x8F,
  topicNameInvalid: 0x90,
  receiveMaximumExceeded: 0x93,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  retainNotSupported: 0x9A,
  qosNotSupported: 0x9B,
  sharedSubscriptionsNotSupported: 0x9E,
} as const

/** CONNACK return codes of MQTT 3.1 and 3.1.1 (section 3.2.2.3). */
export const returnCode = {
  accepted: 0,
  unacceptableProtocolVersion: 1,
  identifierRejected: 2,
  serverUnavailable: 3,
  badUserNameOrPassword: 4,
  notAuthorized: 5,
} as const
