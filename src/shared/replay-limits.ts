/** The bounds of replays, a part of `limits`. */
export const replayLimits = {
  /** A replay of a recording: how fast, devices that are recorded and that play, characters of a file, and rounds. */
  replaySpeedMin: 0.1,
  replaySpeedMax: 100,
  replayDevicesMax: 2_000,
  replayFileCharsMax: 16 * 1024 * 1024,
  replayRoundsMax: 1_000_000,
  /** Replays at a time, and those that are over and remembered. */
  replaysMax: 8,
  replaysKeptMax: 50,
  /** Messages that are due and wait for a connection: of one device, beyond which they are left out, and of all, beyond which the replay waits. */
  replayQueuedPerDeviceMax: 1_000,
  replayQueuedMax: 20_000,
  /** A round takes at least so long, whatever it holds. */
  replayRoundMsMin: 1_000,
  /** A message that leaves later than this counts as late. */
  replayLateMs: 100,
  /** How long the first logins, the last acknowledgements, and the last verdicts are waited for. */
  replayConnectMsMax: 10_000,
  replayEndMsMax: 10_000,
  replaySettleMs: 1_000,
  /** A device that plays gives up after so many failed logins in a row; its first pause between two. */
  replayLoginsMax: 5,
  replayRetryMs: 1_000,
} as const
