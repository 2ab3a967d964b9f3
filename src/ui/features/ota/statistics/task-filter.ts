import type { MethodInput } from '../../../../shared/contract/contract.ts'

/** Which of the updates behind a statistic are looked into. */
export type TaskFilter = Pick<MethodInput<'otaStatistics.tasks'>, 'state' | 'cause' | 'sourceVersion' | 'notSourceVersions'>
