import type { Call } from '../fidelity.ts'
import { exact, partial } from '../fidelity.ts'

const file = 'integration/openapi-ota-jobs'
const fixed = [file, 'makes static batches with every option and answers with what they were made with'] as const
const scopes = [file, 'takes the devices of a static batch by name, by share or by group'] as const
const dynamic = [file, 'makes a dynamic batch that takes devices when they report a version, changes it and ends it'] as const
const groups = [file, 'makes a dynamic batch for a dynamic group'] as const
const verified = [file, 'verifies a package on devices that it names before the package can be given to others'] as const
const tasks = [file, 'lists, confirms, cancels and begins anew the updates of devices'] as const
const codes = 'The codes of refusals are our own, as the cloud does not list its own.'

/** Batches of updates and the updates of single devices, by action. */
export const otaJobsApi = {
  CreateOTAVerifyJob: partial('tries an update package on named devices', codes, verified),
  CreateOTAStaticUpgradeJob: partial('gives an update to devices that are there: all, named ones, a share or a group', codes, fixed, scopes),
  CreateOTADynamicUpgradeJob: partial('gives an update to devices whenever they report a version or join a dynamic group', codes, dynamic, groups),
  UpdateOTAJob: partial('changes the push rate, the tags, and of a dynamic batch the timeout and the source versions', '`UpgradeType` and `TargetSelection` are not compared with the batch.', dynamic),
  QueryOTAJob: partial('one batch with everything that it was made with', '`Name` and `JobDesc` are left out. A push rate without limit, which only the page and the command line can ask for, has no `MaximumPerMinute`; of a growing one that is the highest.', fixed, dynamic, verified),
  ListOTAJobByFirmware: exact('the batches of an update package, newest first', fixed),
  ListOTAJobByDevice: exact('the batches of an update package that have an update for a device', fixed),
  ListOTATaskByJob: partial('the updates of the devices of a batch, by state or device', '`Timeout` is that of the batch, also where it was changed after an update had begun.', tasks, scopes),
  ListOTAUnfinishedTaskByDevice: exact('the updates of a device that have not ended', tasks),
  ConfirmOTATask: partial('confirms updates that wait for it', 'It fails when none of them does; what the cloud does then is not published.', tasks),
  ReupgradeOTATask: partial('lets failed and cancelled updates begin anew', 'It fails when none of them can; what the cloud does then is not published.', tasks),
  CancelOTAStrategyByJob: exact('ends a dynamic batch; updates that have begun go on', dynamic),
  CancelOTATaskByJob: exact('cancels the updates of a batch that are in the chosen states', tasks),
  CancelOTATaskByDevice: exact('cancels the unfinished updates of devices with a package', tasks),
} satisfies Record<string, Call>
