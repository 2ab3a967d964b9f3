import { replayLimits } from './replay-limits.ts'

/** The bounds of what is simulated: fleets and their behaviours, devices simulated from the console, replays, scenarios. Units are in the names. */
export const simulationLimits = {
  /** Behaviours of simulated devices: an expression, how deep it nests, and a recorded trace as points or as a table. */
  behaviourExpressionCharsMax: 1_000,
  behaviourExpressionDepthMax: 50,
  behaviourTracePointsMax: 5_000,
  behaviourTraceCsvCharsMax: 128 * 1024,
  fleetDevicesMax: 50_000,
  /** Of a fleet that reports to a broker of somebody else: certificates and keys, templates, subscriptions, a CSV of its devices, and its wrong lines that are told. */
  fleetPemCharsMax: 64 * 1024,
  fleetTemplateCharsMax: 512,
  fleetPayloadTemplateCharsMax: 16 * 1024,
  fleetTargetSubscriptionsMax: 20,
  fleetDevicesCsvCharsMax: 16 * 1024 * 1024,
  fleetWrongLinesMax: 20,
  /** How long one step of testing the way to a broker may take. */
  connectionStepMsMax: 5_000,
  /** Fleets whose load the status strip knows; stretches in which this machine was the limit that are kept, and seconds of figures with them. */
  fleetLoadsShownMax: 20,
  limitStretchesMax: 500,
  limitSamplesMax: 600,
  /** Stretches of a fleet that can be chosen at a time. */
  steeredRangesMax: 2_000,
  updateAccountsPerPageMax: 1_000,
  /** Devices simulated from the console, and push policies of each; cloud: one policy, 1 s or more apart, for at most 3 h. */
  seatsMax: 5_000,
  policiesPerSeatMax: 50,
  seatIntervalMsMin: 10,
  seatIntervalMsCloudMin: 1_000,
  seatSpanMsCloudMax: 3 * 3600_000,
  /** What such a device keeps of what it received: messages, their bytes, and requests. */
  seatMessagesMax: 500,
  seatMessageBytesMax: 2 * 1024 * 1024,
  seatRequestsMax: 100,
  /** How long it waits for the platform's answer, and how many of its messages may be without one. */
  seatReplyMs: 5_000,
  seatRepliesOpenMax: 1_000,
  /** Its next attempt to connect after a failure: the first pause, and the longest. */
  seatRetryMsMin: 1_000,
  seatRetryMsMax: 60_000,
  /** A seat that a real device has left is taken again after so long, twice as long each time the real one came right back. */
  seatReturnMs: 2_000,
  seatReturnMsMax: 300_000,
  /** A real device that logs in again so soon after its seat was taken back has come right back. */
  seatBounceMs: 10_000,
  /** A fleet's device comes back when the device that took its identity has been away for so long. */
  fleetReturnMs: 3_000,
  ...replayLimits,
  /** A scenario: bytes of its file, groups, actions of its timeline, expectations, and points of its plots that are kept. */
  scenarioBytesMax: 1024 * 1024,
  scenarioGroupsMax: 200,
  scenarioActionsMax: 5_000,
  scenarioExpectationsMax: 500,
  scenarioSamplesMax: 600,
  /** Scenarios of a workspace, and results of runs that are kept. */
  scenarioFilesMax: 1_000,
  scenarioResultsMax: 20,
  fleetDevicesPerProcessMax: 18_000,
  fleetProcessesMax: 8,
  /** Connections of a fleet that wait for their CONNACK at a time; some brokers queue no more than 100. */
  fleetHandshakesMax: 90,
  /** A simulated device with more bytes in its socket, or more unacknowledged QoS 1 reports, leaves reports out. */
  fleetDeviceQueueBytesMax: 4 * 1024,
  fleetDeviceInflightMax: 32,
} as const
