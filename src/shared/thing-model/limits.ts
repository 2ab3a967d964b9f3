/** What the cloud allows in one thing model (its newest published figures); governed by "apply the cloud's limits". */
export const featureLimits = {
  identifierCharactersMax: 50,
  featuresPerModuleMax: 300,
  structMembersMax: 50,
  enumItemsMax: 100,
  arraySizeMax: 512,
  textBytesMax: 10_240,
  parametersPerListMax: 100,
  parametersPerProductMax: 300,
  modulesMax: 200,
} as const

/** Ranges of the number types on the wire. */
export const int32Min = -2_147_483_648
export const int32Max = 2_147_483_647
export const float32Max = 3.4028234663852886e38
export const int64Min = -9_223_372_036_854_775_808n
export const int64Max = 9_223_372_036_854_775_807n
