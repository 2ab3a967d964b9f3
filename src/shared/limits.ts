import { simulationLimits } from './simulation-limits.ts'

/**
 * Every bound of the product in one place. Reaching one is always visible: a counter in the status
 * strip, a code in the trace or a sentence. Units are in the names.
 */
export const limits = {
  /** Saved views of the lists, in a workspace. */
  savedViewsMax: 200,
  viewNameCharsMax: 40,
  viewFilterCharsMax: 2_000,
  /** Cloud limit on one MQTT payload; more is refused ("Packet too large" in MQTT 5). */
  payloadBytesMax: 256 * 1024,
  /** Cloud limits on topics: length in UTF-8 bytes and number of slashes. */
  topicBytesMax: 128,
  topicSlashesMax: 7,
  /** Cloud: categories of custom topics a product may have; without the cloud's limits the second line holds. */
  topicCategoriesMax: 50,
  topicCategoriesKeptMax: 1_000,
  topicDescriptionCharsMax: 100,
  /** Cloud: subscriptions per device, and topic filters per SUBSCRIBE packet. */
  subscriptionsPerDeviceMax: 100,
  filtersPerSubscribeMax: 8,
  /** Cloud: keep-alive accepted at connect, in seconds. */
  keepaliveSecMin: 30,
  keepaliveSecMax: 1200,
  /** Cloud: at most this many unacknowledged QoS 1 messages out to one connection. */
  inflightPerConnectionMax: 100,
  /** Persistent sessions: how long and how much is kept for a device that is away. */
  sessionKeptMs: 7 * 24 * 3600_000,
  queuedPerDeviceMax: 1_000,
  /** Bytes waiting in one connection's write queue before QoS 0 messages to it are dropped. */
  socketQueueBytesMax: 1024 * 1024,
  /** Memory that messages waiting for devices may take, all sessions together. */
  sessionQueueBytesMax: 128 * 1024 * 1024,
  /** A connection that has not sent a complete CONNECT by then is closed. */
  connectWithinMs: 10_000,
  /** Bytes of a CONNECT packet: whoever is not logged in yet gets no more room. */
  connectBytesMax: 16 * 1024,
  /** Cloud: characters of the client id before its parameters. */
  clientIdCharsMax: 64,
  /** MQTT 5 topic aliases a device may use on one connection. */
  topicAliasesMax: 20,
  /** How long a connection that the broker has ended may take to go away. */
  closeWithinMs: 5_000,
  /** Cloud: how long a device may stay connected after it was registered over MQTT. */
  registeredStaysMs: 15_000,
  /** Cloud: client ids with tokens of one device that was registered without having been made before. */
  clientIdsPerDeviceMax: 5,
  /** Cloud, while its limits are applied: messages of one device in a second up and down, and its logins in a minute. */
  upPerSecQos0Max: 30,
  upPerSecQos1Max: 10,
  downPerSecMax: 50,
  connectsPerMinuteMax: 5,
  /** Cloud, while its limits are applied: messages of the whole account in a second up and down, and its logins. */
  accountUpPerSecMax: 10_000,
  accountDownPerSecMax: 2_000,
  accountConnectsPerSecMax: 500,
  /** Attempts to connect that are remembered, of one device and of all that are unknown. */
  attemptsPerDeviceMax: 20,
  attemptsUnknownMax: 100,
  /** Connections of the past, and changes of versions, kept of all devices together; the oldest go first. */
  connectionsKeptMax: 200_000,
  versionChangesKeptMax: 200_000,
  connectionsMax: 50_000,
  /** Cloud: sub-devices of one gateway, and those that one request may register, or log in or out. */
  subDevicesPerGatewayMax: 2_000,
  subDevicesPerRegisterMax: 30,
  subDevicesPerLoginMax: 50,
  /** Sub-devices of one gateway without the cloud's limits: as many as one reply can name. */
  subDevicesPerGatewayKeptMax: 3_000,
  /** Cloud: logins of one sub-device within a minute. */
  subDeviceLoginsPerMinuteMax: 5,
  /** Notices to sub-devices without a session whose answers are still let through. */
  subDeviceNoticesOpenMax: 1_000,
  /** Rows and bytes waiting for the writer; beyond either, QoS 1 senders are paused and QoS 0 rows dropped. */
  writeQueueRowsMax: 100_000,
  writeQueueBytesMax: 64 * 1024 * 1024,
  /** Rows in one commit. */
  commitRowsMax: 10_000,
  /** Bytes in one commit, so that thousands of large messages do not become a single one. */
  commitBytesMax: 8 * 1024 * 1024,
  /** Pauses between two attempts to write while the disk refuses: the first, and the longest. */
  writeRetryMsMin: 200,
  writeRetryMsMax: 5_000,
  /** How long a registry write waits for a disk that refuses before its caller is told. */
  writeWaitMsMax: 5_000,
  segmentBytesMax: 256 * 1024 * 1024,
  seriesBlockPoints: 4_096,
  /** How long points may wait in memory before they are written as a block; a crash replays them from the trace. */
  seriesFlushMs: 60_000,
  /** Points of all series waiting in memory; beyond, they are let go and read back from the trace later. */
  seriesTailPointsMax: 2_000_000,
  seriesBucketsMax: 10_000,
  readTimeoutMs: 10_000,
  /** Values, events or calls of one millisecond that a page of whole milliseconds can hold. */
  instantRowsMax: 100_000,
  tracePageRowsMax: 1_000,
  /** A page of large messages ends early, so that 1,000 × 256 KiB never sit in memory at once. */
  tracePageBytesMax: 8 * 1024 * 1024,
  /** Reads waiting for the reader worker; more are refused. */
  readsPendingMax: 1_000,
  /** Rows kept for the live tail of one subscriber between two batches. */
  tailRowsPerBatchMax: 100,
  feedBatchesPerSec: 20,
  /** Messages waiting on one RPC connection before the feed drops for it. */
  rpcQueueBytesMax: 16 * 1024 * 1024,
  rpcFrameBytesMax: 64 * 1024 * 1024,
  rpcCreditInitial: 16,
  /** Calls and streams under way on one RPC connection; more are refused with limit/reached. */
  rpcCallsMax: 1_000,
  rpcStreamsMax: 256,
  /** Items a stream may hand over without waiting for room; one more ends the stream with limit/reached. */
  rpcItemsWaitingMax: 64,
  /** Messages that are none of the protocol's before an RPC connection is closed. */
  rpcMalformedMax: 100,
  /** Connections of pages and command lines to one console, and pages that may be signed in. */
  consoleConnectionsMax: 64,
  consoleHttpConnectionsMax: 256,
  consoleSessionsMax: 64,
  /** Addresses with a token that nobody has opened yet; the oldest stops working. */
  consoleTokensMax: 16,
  /** A console connection that has not said who it is by then, or sends more than this before, is closed. */
  consoleAuthWithinMs: 5_000,
  consoleAuthBytesMax: 16 * 1024,
  /** Calls a page may have waiting while there is no connection. */
  callsWaitingMax: 1_000,
  devicesPerProductMax: 1_000_000,
  devicesPerCreateMax: 100_000,
  modelBytesMax: 512 * 1024,
  /** All modules of one product together; published versions of a thing model that are kept (cloud: 10), the oldest go first. */
  modelDocumentsBytesMax: 4 * 1024 * 1024,
  modelVersionsKeptMax: 20,
  /** Files of one import, and bytes of a zip archive with them (cloud: 20 and 2.5 MB). */
  modelFilesMax: 201,
  modelArchiveBytesMax: 4 * 1024 * 1024,
  ...simulationLimits,
  /** Cloud: properties in one report (6106 beyond), only while the cloud's limits are applied. */
  propertiesPerPostMax: 200,
  /** Cloud: events and sub-devices in one pack (6356, 6357), identifiers in one desired request (6104), properties in one desired set. */
  eventsPerPackMax: 200,
  subDevicesPerPackMax: 20,
  desiredPerRequestMax: 200,
  desiredPerSetMax: 10,
  /** Commands that wait for their device's answer, all devices together; and how many of those that are over are remembered. */
  callsOpenMax: 10_000,
  callsEndedMax: 1_000,
  /** Messages whose ends a fleet is asked about at a time. */
  journeyEndsMax: 16,
  /** How long a synchronous service may take (cloud: 8 s, formerly 5), and the longest wait a caller may ask for. */
  callTimeoutMs: 8_000,
  callTimeoutMsMax: 600_000,
  /** Cloud: devices that one call sets properties of, or calls a service of. */
  devicesPerCommandMax: 100,
  /** Commands kept of all devices together, with what became of them; and saved actions of one product. */
  deviceCommandsKeptMax: 100_000,
  debugActionsPerProductMax: 100,
  /** Events and service calls kept of all devices together; the oldest go first. */
  eventsKeptMax: 1_000_000,
  /** The same for the values of properties that are no numbers. */
  propertyValuesKeptMax: 1_000_000,
  serviceCallsKeptMax: 100_000,
  /** Cloud: tags of one device, and the length of their keys and values; without the cloud's limits the second line holds. */
  tagsPerDeviceMax: 100,
  tagKeyCharsMax: 30,
  tagValueCharsMax: 128,
  tagsKeptPerDeviceMax: 1_000,
  tagKeyCharsKeptMax: 128,
  tagValueCharsKeptMax: 4_096,
  /** Cloud: characters of a product's description; tags of a product, those of one call, and the length of their keys. */
  productDescriptionCharsMax: 100,
  tagsPerProductMax: 100,
  productTagsPerCallMax: 10,
  productTagKeyCharsMax: 30,
  /** Cloud: properties, events and services that one call adds to a thing model. */
  featuresPerCallMax: 10,
  /** Cloud: groups of a workspace, devices of a group and groups of a device; without the cloud's limits the second line holds. */
  groupsMax: 1_000,
  devicesPerGroupMax: 20_000,
  groupsPerDeviceMax: 10,
  groupsKeptMax: 10_000,
  devicesPerGroupKeptMax: 1_000_000,
  groupsPerDeviceKeptMax: 100,
  /** Cloud: levels of groups within groups, and sub-groups of one group. */
  groupLevelsMax: 3,
  subGroupsMax: 100,
  groupDescriptionCharsMax: 100,
  /** Devices that one call adds to a group or takes out of it. */
  devicesPerGroupCallMax: 10_000,
  /** Characters of a query over devices, and how deep its brackets may go. */
  deviceQueryCharsMax: 2_000,
  deviceQueryDepthMax: 32,
  /** Cloud: devices that one batch of messages names, user properties of a message and topics of one subscription call. */
  devicesPerPublishMax: 100,
  userPropertiesMax: 20,
  topicsPerSubscriptionMax: 10,
  /** Characters of each MQTT 5 property of a message. */
  messagePropertyCharsMax: 1_024,
  /** Cloud: rows of one answer to a statement over devices, those without LIMIT, and the last row that can be reached. */
  deviceSelectRowsMax: 50,
  deviceSelectRows: 20,
  deviceSelectReachMax: 10_000,
  /** Devices that one call names, and tags that one asks for. */
  devicesNamedMax: 1_000,
  tagsAskedMax: 10,
  /** Cloud: devices of one batch; characters of a name that is checked and may be wrong. Batches that are kept, the oldest go first, and devices that one turn of a batch makes. */
  devicesPerBatchMax: 10_000,
  batchNameCharsMax: 256,
  deviceBatchesKeptMax: 200,
  devicesPerBatchTurn: 250,
  /** Devices that a query or a broadcast looks at before it lets others have their turn. */
  devicesPerTurnMax: 500,
  /** Cloud: bytes of a broadcast, how often a product may have one, and devices that a broadcast topic reaches. */
  broadcastBytesMax: 64 * 1024,
  broadcastIntervalMs: 60_000,
  broadcastSubscribersMax: 1_000,
  /** Cloud: a device's shadow in bytes, attributes on each side and levels; without the cloud's limits the second line holds. */
  shadowBytesMax: 16 * 1024,
  shadowAttributesMax: 128,
  shadowLevelsMax: 5,
  shadowBytesKeptMax: 256 * 1024,
  shadowLevelsKeptMax: 64,
  /** Cloud: lines in one report of a device's own log, and bytes of a line. */
  deviceLogLinesPerPostMax: 40,
  deviceLogContentBytesMax: 4_096,
  /** Log lines and network reports kept of all devices together; the oldest go first. */
  deviceLogLinesKeptMax: 1_000_000,
  networkStatusesKeptMax: 1_000_000,
  /** Scripts (platform rule ERR-6 for the time; the cloud takes 128 KB of text): one run, and what it may use. */
  scriptBytesMax: 128 * 1024,
  scriptRunMsMax: 3_000,
  /** A thread that is not back this long after the limit is killed. */
  scriptGraceMs: 2_000,
  scriptMemoryBytesMax: 32 * 1024 * 1024,
  scriptStackBytesMax: 256 * 1024,
  scriptNativeStackMbMax: 16,
  /** What a run may write with console.log: lines, and characters of a line. */
  scriptLogLinesMax: 200,
  scriptLogCharsMax: 2_000,
  /** Runs that wait: of one script, of one that has lately run into the time limit, and bytes altogether; more end with 26010. */
  scriptRunsWaitingMax: 1_000,
  scriptSlowRunsWaitingMax: 20,
  scriptBytesWaitingMax: 32 * 1024 * 1024,
  /** Runs that a script which was too slow has to end in time before it is trusted again. */
  scriptProbationRuns: 100,
  /** Scripts that are kept compiled on one thread, and the memory beyond which one is compiled anew because memory never shrinks. */
  scriptInstancesMax: 24,
  scriptInstanceBytesMax: 40 * 1024 * 1024,
  /** Modules of one device whose versions are kept; the one reported longest ago goes first. */
  versionsPerDeviceMax: 100,
  /** A file that a device uploads over MQTT: its size, its name, its blocks, and how long it may take (Alink 7.6). */
  uploadFileBytesMax: 16 * 1024 * 1024,
  uploadFileNameBytesMax: 100,
  uploadBlockBytesMin: 256,
  uploadBlockBytesMax: 128 * 1024,
  uploadKeptMs: 24 * 3600_000,
  /** Uploads of one device that are under way (429 beyond), those that are over and remembered, and those of all devices. */
  uploadsOpenPerDeviceMax: 16,
  uploadsEndedPerDeviceMax: 64,
  uploadsMax: 100_000,
  /** Bytes of blocks that wait for the disk; beyond, devices are told to slow down (78127). */
  uploadQueueBytesMax: 16 * 1024 * 1024,
  /** Cloud: files of one device (78129), and bytes of all files; without the cloud's limits the second line holds. */
  filesPerDeviceMax: 1_000,
  filesBytesMax: 1024 * 1024 * 1024,
  filesKeptPerDeviceMax: 10_000,
  filesKeptBytesMax: 16 * 1024 * 1024 * 1024,
  /** Files of all devices together, which are known in memory. */
  filesKeptMax: 100_000,
  /** How long the address of a file can be downloaded from, and addresses that are good at a time; the oldest go first. */
  fileLinkMs: 60 * 60_000,
  fileLinksMax: 1_000,
  /** Bytes of a file in one answer of the engine. */
  filePartBytesMax: 1024 * 1024,
  /** The cloud's API: bytes of a request line with its headers, because models come in the query, and of a body. */
  apiHeadBytesMax: 4 * 1024 * 1024,
  apiBodyBytesMax: 4 * 1024 * 1024,
  /** Connections to its listener, how long a request may take to come in, and how long an idle connection stays. */
  apiConnectionsMax: 256,
  apiRequestWithinMs: 30_000,
  apiIdleMs: 65_000,
  /** Cloud: how far the time of a signature may be off, and how many nonces of that time are remembered. */
  apiClockSkewMs: 15 * 60_000,
  apiNoncesMax: 1_000_000,
  /** Calls that the recorder keeps, and how much of each: parameters, characters of a value and of the answer. */
  apiCallsKeptMax: 5_000,
  apiCallParametersMax: 200,
  apiCallValueCharsMax: 16 * 1024,
  apiCallAnswerCharsMax: 64 * 1024,
  accessKeysMax: 100,
  scriptKeptBytesMax: 24 * 1024 * 1024,
  /** Cloud: update packages, and bytes of one; without its limits there may be as many as the second line says, and of any size. */
  packagesMax: 500,
  packagesKeptMax: 10_000,
  packageBytesMax: 2_000 * 1024 * 1024,
  /** Platform: files of an update package, and the length of their names and of what is said about it. */
  packageFilesMax: 20,
  packageFileNameCharsMax: 32,
  packageDescriptionCharsMax: 1_024,
  packageUdiCharsMax: 4_096,
  moduleDescriptionCharsMax: 100,
  modulesPerProductMax: 1_000,
  /** Bytes of a file in one call that brings it, files that have come in and belong to no package yet, and how long they are kept. */
  packagePartBytesMax: 1024 * 1024,
  packageUploadsMax: 200,
  packageUploadKeptMs: 24 * 3600_000,
  /** Cloud: names in a list of devices for a batch of updates; without its limits the second line holds. */
  namesPerListMax: 1_000_000,
  namesPerListKeptMax: 5_000_000,
  /** Bytes of such a list in one call, lists that belong to no batch yet, and how long they are kept. */
  namesPartBytesMax: 64 * 1024,
  nameListsMax: 16,
  nameListKeptMs: 3600_000,
  /** Different versions, or source versions, that a statistic of updates tells apart. */
  statisticVersionsMax: 1_000,
  /** A file fetched from an address: its bytes without the cloud's limits, redirects, and how long nothing may come. */
  packageFetchBytesMax: 64 * 1024 ** 3,
  packageFetchRedirectsMax: 10,
  packageFetchIdleMs: 30_000,
  /** Forms that programs may post a file with: how long each is good for, and how many are remembered. */
  uploadFormValidMs: 3600_000,
  uploadFormsMax: 1_000,
  /** Bytes read at a time for a download, and beyond how many downloads at a time it is the smaller number. */
  downloadStepBytes: 64 * 1024,
  downloadStepSmallBytes: 16 * 1024,
  downloadsWithLargeSteps: 200,
  /** Bytes of files that many download at a time and that are read once for all of them. */
  downloadSharedBytesMax: 64 * 1024 * 1024,
  /** Cloud: bytes of a block and of a file that come over MQTT. */
  downloadBlockBytesMax: 128 * 1024,
  downloadOverMqttBytesMax: 16 * 1024 * 1024,
  /** Blocks for MQTT: files open at a time, how long one that nobody reads stays open, reads at a time, and requests that may wait. */
  blockFilesOpenMax: 8,
  blockFileIdleMs: 10_000,
  blockReadsMax: 64,
  blockReadsWaitingMax: 20_000,
  /** Cloud: bytes of a remote configuration, earlier versions that are kept, and how often one may be pushed; without its limits the second line holds. */
  configBytesMax: 64 * 1024,
  configVersionsMax: 5,
  configPushIntervalMs: 3600_000,
  configBytesKeptMax: 1024 * 1024,
  configVersionsKeptMax: 50,
  /** Devices that one push of a configuration may name. */
  devicesPerConfigPushMax: 10_000,
  /** Configurations whose text is kept in memory because devices download them. */
  configTextsMax: 16,
  /** Checklists of devices' firmware: how many are kept, and the messages that one begins with. */
  firmwareChecksMax: 200,
  firmwarePastRowsMax: 1_000,
  /** Topics and refused filters of a device that its checklist remembers. */
  firmwareTopicsMax: 64,
  /** How long a firmware may take to answer a command, and to connect again. */
  firmwareAnswerMs: 10_000,
  firmwareReturnMs: 60_000,
} as const
