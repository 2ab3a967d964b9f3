import type { Batch, BatchScope } from '../../../shared/contract/batch.ts'
import type { MethodInput } from '../../../shared/contract/contract.ts'
import type { Action, ActionContext } from '../action.ts'
import type { ParameterValues } from '../parameter.ts'
import { action } from '../action.ts'
import { pageCounts, paging, rangeOf, utcTime } from '../answers.ts'
import { boolean, initially, integer, invalid, missing, objects, required, text, texts } from '../parameter.ts'
import { requireGroup } from './groups.ts'
import { requirePackage } from './ota-packages.ts'

/** The cloud's words for the devices that a batch looks at. */
const selections: Record<BatchScope['kind'], string> = { all: 'ALL', named: 'SPECIFIC', list: 'SPECIFIC', phased: 'GRAY', group: 'GROUP' }
/** Devices a minute where a call does not say how many. */
const initialPerMinute = 10_000
/** Names in one call; a file has room for more. */
const namesPerCallMax = 200
const namesPerVerifyMax = 10

const jobId = required(text('The batch.'))
const firmwareId = required(text('The update package.'))
const productKey = required(text('The product of the update package.'))
const tagsOf = (about: string) => objects(about, { Key: required(text('1 to 30 letters, digits or dots.')), Value: required(text('At most 1,024 characters.')) })
const timeout = integer('Minutes from a device\'s first progress report after which its update fails, 1 to 1,440; without it there is no limit.', { min: 1 })

const common = {
  FirmwareId: firmwareId,
  ProductKey: productKey,
  NeedPush: initially(boolean('Whether devices are told; otherwise they have to ask.'), true),
  NeedConfirm: initially(boolean('Whether each update waits for ConfirmOTATask.'), false),
  DownloadProtocol: initially(text('How devices get the file.', { oneOf: ['HTTPS', 'MQTT'] }), 'HTTPS'),
  TimeoutInMinutes: timeout,
  Tag: tagsOf('Sent with every notice.'),
}
const policy = {
  MaximumPerMinute: integer(`Devices that are told in a minute, 10 to 10,000; without it, ${initialPerMinute}.`, { min: 1 }),
  RetryInterval: integer('Minutes from a failure to the next try: 0, 10, 30, 60 or 1,440; without it there is no retry.', { min: 0 }),
  RetryCount: integer('With RetryInterval: how many tries, 1, 2 or 5.', { min: 1 }),
  OverwriteMode: initially(integer('1: an earlier update of a device goes first; 2: this one takes its place unless it is in progress.', { oneOf: [1, 2] }), 1),
  MultiModuleMode: initially(boolean('Whether several modules of a device may be updated at once.'), false),
}
const fields = {
  packageId: 'FirmwareId',
  batchId: 'JobId',
  pushes: 'NeedPush',
  needsConfirmation: 'NeedConfirm',
  protocol: 'DownloadProtocol',
  timeoutMinutes: 'TimeoutInMinutes',
  tags: 'Tag',
  rate: 'MaximumPerMinute',
  retryMinutes: 'RetryInterval',
  retriesMax: 'RetryCount',
  sourceVersions: 'SrcVersion',
  scope: 'TargetSelection',
  startAt: 'ScheduleTime',
  endAt: 'ScheduleFinishTime',
  queued: 'CancelQueuedTask',
}
const made = { Data: { JobId: 's', UtcCreate: 's' } } as const
const tagList = { OtaTagDTO: [{ Key: 's', Value: 's' }] } as const
const inList = { FirmwareId: 's', JobId: 's', JobStatus: 's', JobType: 's', ProductKey: 's', SelectionType: 's', Tags: tagList, TargetSelection: 's', UtcCreate: 's', UtcEndTime: 's', UtcModified: 's', UtcStartTime: 's' } as const
const listed = { CurrentPage: 'i', Data: { SimpleOTAJobInfo: [inList] }, PageCount: 'i', PageSize: 'i', Total: 'i' } as const

/** Batches of updates. */
export const otaJobActions: Action[] = [
  action({
    name: 'CreateOTAVerifyJob',
    group: 'ota',
    about: 'Tries an update package on up to 10 devices before it can be given to more.',
    parameters: { ...common, TargetDeviceName: required(texts('The devices.', { max: namesPerVerifyMax })) },
    answer: made,
    fields: { ...fields, scope: 'TargetDeviceName' },
    async run({ TargetDeviceName, ...wanted }, { call }) {
      return create(call, { ...await commonOf(wanted, call), kind: 'verify', scope: { kind: 'named', deviceNames: TargetDeviceName } })
    },
  }),
  action({
    name: 'CreateOTAStaticUpgradeJob',
    group: 'ota',
    about: 'Gives an update to devices that are there now: all, named ones, a share of them or a group.',
    parameters: {
      ...common,
      TargetSelection: required(text('Which devices.', { oneOf: Object.values(selections) })),
      SrcVersion: texts('Only devices that have one of these versions; without it, of any version.'),
      TargetDeviceName: texts('Of SPECIFIC: the devices, at most 200.', { max: namesPerCallMax }),
      DnListFileUrl: text('Of SPECIFIC, instead of TargetDeviceName: the address of a file with their names, as GenerateDeviceNameListURL has it.'),
      GrayPercent: text('Of GRAY: percent of the devices, with at most three decimals.'),
      GroupId: text('Of GROUP: the group.'),
      GroupType: text('Of GROUP.', { oneOf: ['LINK_PLATFORM'] }),
      ScheduleTime: integer('When it starts, in milliseconds since 1970; without it, now.'),
      ScheduleFinishTime: integer('With ScheduleTime: when it ends, in milliseconds since 1970.'),
      ...policy,
    },
    answer: made,
    fields,
    async run(wanted, { call }) {
      const { SrcVersion, ScheduleTime, ScheduleFinishTime } = wanted
      return create(call, {
        ...await commonOf(wanted, call),
        ...policyOf(wanted),
        scope: await staticScope(wanted, call),
        sourceVersions: SrcVersion ?? [],
        startAt: ScheduleTime ?? null,
        endAt: ScheduleFinishTime ?? null,
      })
    },
  }),
  action({
    name: 'CreateOTADynamicUpgradeJob',
    group: 'ota',
    about: 'Gives an update to devices that have a version or belong to a dynamic group, and to those that do so later.',
    parameters: {
      ...common,
      SrcVersion: texts('The versions that devices come from, at most 10; without GroupId, a full package needs one.'),
      GroupId: text('Only devices of this dynamic group.'),
      GroupType: text('With GroupId.', { oneOf: ['LINK_PLATFORM_DYNAMIC'] }),
      DynamicMode: initially(integer('1: devices that are there and later ones; 2: only devices that report their version from now on.', { oneOf: [1, 2] }), 1),
      ...policy,
    },
    answer: made,
    fields,
    async run(wanted, { call }) {
      const { SrcVersion, GroupId, DynamicMode } = wanted
      if (GroupId !== undefined)
        await requireGroup(GroupId, call, 'LINK_PLATFORM_DYNAMIC')
      return create(call, {
        ...await commonOf(wanted, call),
        ...policyOf(wanted),
        dynamic: true,
        scope: GroupId === undefined ? { kind: 'all' } : { kind: 'group', group: GroupId },
        sourceVersions: SrcVersion ?? [],
        newlyReportedOnly: DynamicMode === 2,
      })
    },
  }),
  action({
    name: 'UpdateOTAJob',
    group: 'ota',
    about: 'Changes a batch under way. Tags that the call does not name are removed; UpgradeType and TargetSelection change nothing.',
    parameters: {
      JobId: jobId,
      MaximumPerMinute: integer('Devices that are told in a minute, 10 to 10,000; of a growing rate, the highest one.', { min: 1 }),
      Tags: tagsOf('All tags that it is to have.'),
      TimeoutInMinutes: integer('Of a dynamic batch: the timeout of later tasks.', { min: 1 }),
      SrcVersionList: texts('Of a dynamic batch: all versions that devices are to come from. A static one passes over it.'),
      UpgradeType: text('STATIC or DYNAMIC, as the batch is.', { oneOf: ['STATIC', 'DYNAMIC'] }),
      TargetSelection: text('As the batch has it.'),
    },
    answer: {},
    fields: { ...fields, tags: 'Tags', sourceVersions: 'SrcVersionList' },
    async run({ JobId, MaximumPerMinute, Tags, TimeoutInMinutes, SrcVersionList }, { call }) {
      const { dynamic, rate } = await call('batch.get', { batchId: JobId })
      await call('batch.update', {
        batchId: JobId,
        tags: toTags(Tags),
        ...MaximumPerMinute === undefined ? {} : { rate: rate.kind === 'growing' ? { ...rate, max: MaximumPerMinute } : { kind: 'constant', perMinute: MaximumPerMinute } },
        ...TimeoutInMinutes === undefined ? {} : { timeoutMinutes: TimeoutInMinutes },
        ...SrcVersionList === undefined || !dynamic ? {} : { sourceVersions: SrcVersionList },
      })
      return {}
    },
  }),
  action({
    name: 'QueryOTAJob',
    group: 'ota',
    about: 'One batch with everything that it was made with.',
    parameters: { JobId: jobId },
    answer: {
      Data: { ...inList, DestVersion: 's', DownloadProtocol: 's', DynamicMode: 'i', GrayPercent: 's', GroupId: 's', GroupName: 's', MaximumPerMinute: 'i', MultiModuleMode: 'b', NeedConfirm: 'b', NeedPush: 'b', OverwriteMode: 'i', RetryCount: 'i', RetryInterval: 'i', SrcVersions: { SrcVersion: ['s'] }, TimeoutInMinutes: 'i', UtcScheduleFinishTime: 's', UtcScheduleTime: 's' },
    },
    fields,
    async run({ JobId }, { call }) {
      const batch = await call('batch.get', { batchId: JobId })
      const { scope, rate, retryMinutes } = batch
      return {
        Data: {
          ...briefly(batch),
          DestVersion: batch.targetVersion,
          DownloadProtocol: batch.protocol,
          DynamicMode: batch.dynamic ? batch.newlyReportedOnly ? 2 : 1 : undefined,
          GrayPercent: scope.kind === 'phased' ? String(scope.percent) : undefined,
          ...scope.kind === 'group' ? await nameGroup(scope.group, call) : {},
          MaximumPerMinute: rate.kind === 'constant' ? rate.perMinute : rate.kind === 'growing' ? rate.max : undefined,
          MultiModuleMode: batch.severalModules,
          NeedConfirm: batch.needsConfirmation,
          NeedPush: batch.pushes,
          OverwriteMode: batch.overrides ? 2 : 1,
          RetryCount: retryMinutes === null ? undefined : batch.retriesMax,
          RetryInterval: retryMinutes ?? undefined,
          SrcVersions: { SrcVersion: batch.sourceVersions },
          TimeoutInMinutes: batch.timeoutMinutes ?? undefined,
          UtcScheduleFinishTime: utcTime(batch.endAt),
          UtcScheduleTime: utcTime(batch.startAt),
        },
      }
    },
  }),
  action({
    name: 'ListOTAJobByFirmware',
    group: 'ota',
    about: 'The batches of an update package, newest first.',
    parameters: { FirmwareId: firmwareId, ...paging({ max: 100 }) },
    answer: listed,
    fields,
    async run({ FirmwareId, ...page }, { call }) {
      await call('otaPackage.get', { packageId: FirmwareId })
      return listOf(page, await call('batch.list', { packageId: FirmwareId, ...rangeOf(page) }))
    },
  }),
  action({
    name: 'ListOTAJobByDevice',
    group: 'ota',
    about: 'The batches of an update package that have an update for a device, newest first.',
    parameters: { FirmwareId: firmwareId, ProductKey: productKey, DeviceName: required(text('The device.')), ...paging({ max: 100 }) },
    answer: listed,
    fields,
    async run({ FirmwareId, ProductKey, DeviceName, ...page }, { call }) {
      await requirePackage(FirmwareId, ProductKey, call)
      return listOf(page, await call('batch.list', { packageId: FirmwareId, productKey: ProductKey, deviceName: DeviceName, ...rangeOf(page) }))
    },
  }),
  action({
    name: 'CancelOTAStrategyByJob',
    group: 'ota',
    about: 'Ends a dynamic batch: it gives the update to no more devices. Updates that it has begun go on.',
    parameters: { JobId: jobId },
    answer: {},
    fields,
    async run({ JobId }, { call }) {
      await call('batch.cancel', { batchId: JobId, policy: true })
      return {}
    },
  }),
  action({
    name: 'CancelOTATaskByJob',
    group: 'ota',
    about: 'Cancels the updates of a batch that are in the chosen states; at least one has to be chosen.',
    parameters: {
      JobId: jobId,
      CancelScheduledTask: initially(boolean('Those of a batch whose start is still to come.'), false),
      CancelQueuedTask: initially(boolean('Those that are to be pushed; without CancelUnconfirmedTask, also those that wait for ConfirmOTATask.'), false),
      CancelNotifiedTask: initially(boolean('Those that were pushed.'), false),
      CancelInProgressTask: initially(boolean('Those that devices are at.'), false),
      CancelUnconfirmedTask: boolean('Those that wait for ConfirmOTATask.'),
    },
    answer: {},
    fields,
    async run({ JobId, CancelScheduledTask, CancelQueuedTask, CancelNotifiedTask, CancelInProgressTask, CancelUnconfirmedTask }, { call }) {
      await call('batch.cancel', { batchId: JobId, scheduled: CancelScheduledTask, queued: CancelQueuedTask, notified: CancelNotifiedTask, inProgress: CancelInProgressTask, unconfirmed: CancelUnconfirmedTask ?? CancelQueuedTask })
      return {}
    },
  }),
]

type Call = ActionContext['call']
type Wish = MethodInput<'batch.create'>

async function create(call: Call, wish: Wish) {
  const { batchId, createdAt } = await call('batch.create', wish)
  return { Data: { JobId: batchId, UtcCreate: utcTime(createdAt) } }
}

/** What every batch is made with. Throws ApiFailure when the package is none of the product. */
async function commonOf({ FirmwareId, ProductKey, NeedPush, NeedConfirm, DownloadProtocol, TimeoutInMinutes, Tag }: ParameterValues<typeof common>, call: Call): Promise<Wish> {
  await requirePackage(FirmwareId, ProductKey, call)
  return { packageId: FirmwareId, pushes: NeedPush, needsConfirmation: NeedConfirm, protocol: DownloadProtocol === 'MQTT' ? 'MQTT' : 'HTTPS', timeoutMinutes: TimeoutInMinutes ?? null, tags: toTags(Tag) }
}

function policyOf({ MaximumPerMinute, RetryInterval, RetryCount, OverwriteMode, MultiModuleMode }: ParameterValues<typeof policy>): Omit<Wish, 'packageId'> {
  if (RetryInterval !== undefined && RetryCount === undefined)
    throw missing('RetryCount')
  return {
    rate: { kind: 'constant', perMinute: MaximumPerMinute ?? initialPerMinute },
    retryMinutes: RetryInterval ?? null,
    ...RetryCount === undefined ? {} : { retriesMax: RetryCount },
    overrides: OverwriteMode === 2,
    severalModules: MultiModuleMode,
  }
}

interface StaticTarget { TargetSelection: string, TargetDeviceName: string[] | undefined, DnListFileUrl: string | undefined, GrayPercent: string | undefined, GroupId: string | undefined, ProductKey: string }

async function staticScope({ TargetSelection, TargetDeviceName, GrayPercent, GroupId }: StaticTarget, call: Call): Promise<NonNullable<Wish['scope']>> {
  switch (TargetSelection) {
    case 'SPECIFIC':
      if (TargetDeviceName === undefined)
        throw missing('TargetDeviceName')
      return { kind: 'named', deviceNames: TargetDeviceName }
    case 'GRAY':
      if (GrayPercent === undefined)
        throw missing('GrayPercent')
      if (!/^\d{1,3}(?:\.\d{1,3})?$/.test(GrayPercent) || Number(GrayPercent) <= 0 || Number(GrayPercent) > 100)
        throw invalid('GrayPercent', {}, 'more than 0 and at most 100, with at most three decimals', GrayPercent)
      return { kind: 'phased', percent: Number(GrayPercent) }
    case 'GROUP':
      if (GroupId === undefined)
        throw missing('GroupId')
      return { kind: 'group', group: (await requireGroup(GroupId, call, 'LINK_PLATFORM')).groupId }
    default:
      return { kind: 'all' }
  }
}

function toTags(tags: { Key: string, Value: string }[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
}

/** A group that a batch was made for; one that is gone has no name any more. */
async function nameGroup(group: string, call: Call): Promise<{ GroupId: string, GroupName: string | undefined }> {
  const found = (await call('group.list', {})).groups.find(one => one.groupId === group || one.name === group)
  return { GroupId: found?.groupId ?? group, GroupName: found?.name }
}

/** What the lists say of a batch. */
function briefly({ packageId, batchId, state, kind, productKey, dynamic, tags, scope, createdAt, endedAt, modifiedAt, startedAt }: Batch) {
  return {
    FirmwareId: packageId,
    JobId: batchId,
    JobStatus: state,
    // The misspelling is the cloud's.
    JobType: kind === 'verify' ? 'VERFIY_FIRMWARE' : 'UPGRADE_FIRMWARE',
    ProductKey: productKey,
    SelectionType: dynamic ? 'DYNAMIC' : 'STATIC',
    Tags: { OtaTagDTO: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
    TargetSelection: selections[scope.kind],
    UtcCreate: utcTime(createdAt),
    UtcEndTime: utcTime(endedAt),
    UtcModified: utcTime(modifiedAt),
    UtcStartTime: utcTime(startedAt),
  }
}

function listOf(page: { CurrentPage: number, PageSize: number }, { batches, total }: { batches: Batch[], total: number }) {
  return { CurrentPage: page.CurrentPage, Data: { SimpleOTAJobInfo: batches.map(briefly) }, ...pageCounts(page, total) }
}
