/** Bounds of the scripts that give values of a simulated device: what keeps them from holding up the fleet. */
export const valueScriptLimits = {
  charsMax: 16 * 1024,
  /** What it may keep for a device between two reports, as JSON. */
  stateBytesMax: 4 * 1024,
  /** What it may give, as JSON, and of what it threw, how much is told. */
  valueCharsMax: 32 * 1024,
  messageCharsMax: 200,
  /** Of the whole sandbox, of which QuickJS takes 16 MB unused. */
  memoryBytesMax: 20 * 1024 * 1024,
  stackBytesMax: 48 * 1024,
  /** An interrupt comes every 10,000 jumps and calls. */
  interruptsMax: 10,
  /** A script that runs so far so often in a row is not run any more. */
  runawaysMax: 10,
  /** The last resort, far more than those steps take. */
  runMsMax: 1_000,
} as const
