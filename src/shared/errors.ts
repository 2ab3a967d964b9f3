import type { JsonObject } from './json.ts'

/**
 * Every code an operation of Thingbench can fail with, and what it means. The sentence that a person
 * reads is made where the failure is known; this table is what the documentation lists.
 */
export const errorCodes = {
  'input/invalid': 'A parameter is missing, misspelled or has the wrong type or range.',
  'method/unknown': 'The engine has no method of that name.',
  'method/failed': 'The engine failed while carrying out the call; the details are in its log.',
  'call/cancelled': 'The caller withdrew the call before it was answered.',
  'connection/lost': 'The connection to the engine ended before the call was answered.',
  'connection/refused': 'The engine did not accept the connection: wrong or used token.',
  'product/not-found': 'No product has that product key.',
  'product/exists': 'Another product already has that product key, or that name where names have to differ.',
  'product/not-empty': 'The product still has devices.',
  'device/not-found': 'The product has no device of that name.',
  'device/exists': 'The product already has a device of that name.',
  'device/unreachable': 'The device takes no command now: never activated (9200), offline (9201), disabled (6208) or its gateway is away (9389); details.platformCode tells which.',
  'debug-action/not-found': 'The product has no saved action of that id or name.',
  'debug-action/exists': 'Another saved action of the product already has that name.',
  'device/no-reply': 'The device got the command and did not answer in time (platform code 1905).',
  'batch/not-found': 'No batch of devices of that product has that id, or it is no longer kept.',
  'batch/not-ready': 'The batch of devices cannot be made: its names were not all right, or it has been made already.',
  'batch/running': 'Another batch of devices of the product is being made.',
  'topic/not-found': 'No topic category has that id.',
  'topic/exists': 'The product already has a topic category of that name.',
  'topic/not-permitted': 'The topic categories of the product do not allow it (platform code 9236), or the topic has a wrong form (1903).',
  'message/not-found': 'The trace has no message of that id, or keeps it no longer.',
  'group/not-found': 'No device group has that id or name.',
  'group/exists': 'Another device group already has that name.',
  'group/not-empty': 'The device group still has sub-groups.',
  'desired/version-conflict': 'The desired value has another version by now than the caller said.',
  'view/not-found': 'No saved view has that id.',
  'view/exists': 'Another saved view of that list already has that name.',
  'shadow/version-conflict': 'The shadow of the device has that version or a later one already (platform code 409).',
  'file/not-found': 'The device has no uploaded file of that id or name.',
  'model/refused': 'The thing model does not allow the call; details.platformCode and details.issues tell why.',
  'model/invalid': 'The thing model file breaks a rule; the details name the path and what was expected.',
  'model/no-draft': 'The product has no draft of its thing model.',
  'model/draft-changed': 'The draft is another one by now: somebody saved, published or discarded it.',
  'model/draft-exists': 'The product has a draft, which would be lost.',
  'model/version-not-found': 'The product has no version of its thing model of that name, or no longer keeps it.',
  'model/version-exists': 'The product has a version of its thing model of that name already.',
  'script/failed': 'The parsing script of the product came to nothing; details.platformCode tells why (6200, 6201, 26001 …).',
  'ota/module-not-found': 'The product has no module of that name.',
  'ota/module-exists': 'The product already has a module of that name.',
  'ota/module-in-use': 'The module cannot be deleted: it is the default one, or it has packages.',
  'ota/package-not-found': 'No update package has that id.',
  'ota/package-exists': 'Another update package already has that name.',
  'ota/package-in-use': 'The update package is being rolled out.',
  'ota/upload-not-found': 'No file has come in under that id, or it is no longer kept.',
  'ota/fetch-failed': 'The file of an update package could not be fetched from its address.',
  'ota/batch-not-found': 'No batch of updates has that id.',
  'ota/task-not-found': 'No update task has that id.',
  'ota/batch-refused': 'The platform does not make or change a batch of updates so; the sentence says why.',
  'ota/names-not-found': 'No list of device names has come in under that id, or it is no longer kept.',
  'ota/exercise-refused': 'The exercise of a board cannot begin so; the sentence says why.',
  'ota/exercise-not-found': 'No exercise of a board has that id.',
  'clone/nothing-recorded': 'The device reported no property in the time that was to be learned from.',
  'remote-config/off': 'Remote configuration of the product is switched off (platform code 6713).',
  'remote-config/empty': 'No remote configuration of the product has been saved (platform code 6710).',
  'remote-config/bad-json': 'A remote configuration has to be JSON; details.line and details.column tell where it is not.',
  'remote-config/version-not-found': 'The product has no remote configuration of that version, or no longer keeps it.',
  'remote-config/pushed-already': 'The remote configuration is what was pushed last, and the cloud pushes nothing twice.',
  'remote-config/too-soon': 'With the cloud\'s limits a product\'s remote configuration can be pushed once an hour; details.nextPushAt tells when again.',
  'key/not-found': 'The workspace has no access key of that id.',
  'call/not-found': 'No call of the API has that id, or it is no longer kept.',
  'fleet/not-found': 'No fleet has that id.',
  'fleet/not-running': 'The fleet does not run, and only a running one can do that.',
  'fleet/running': 'The fleet runs, and only a stopped one can do that.',
  'fleet/secret-lost': 'A secret of the fleet is not set, or cannot be read where it is kept.',
  'run/not-found': 'No run has that id.',
  'run/running': 'The run goes on, and only one that is over can be deleted.',
  'run/pinned': 'The run is pinned and cannot be deleted.',
  'fleet/failed': 'The fleet process could not be started or has ended.',
  'scenario/not-found': 'There is no scenario of that name.',
  'scenario/exists': 'The workspace has a scenario of that name already.',
  'scenario/changed': 'The file of the scenario is another one by now; details.text and details.revision have what is there.',
  'scenario/invalid': 'The scenario has problems, so it cannot run; details.problems names them.',
  'scenario/running': 'A scenario runs in this engine already.',
  'scenario/run-not-found': 'No run of a scenario is under way, or none of that id is kept.',
  'simulation/refused': 'The device cannot be simulated now; details.reason tells why: it is online by itself, disabled, has a custom data format that the cloud does not simulate, or nothing listens for devices.',
  'simulation/not-running': 'The device is not simulated at the moment, or its connection is not up.',
  'simulation/failed': 'The simulated device could not connect; the sentence says what the platform answered.',
  'simulation/not-found': 'The simulated device has no push policy, pending request or subscription of that name.',
  'simulation/retained': 'The platform keeps no retained messages and ends the connection of whoever sends one.',
  'store/unwritable': 'The workspace folder cannot be written.',
  'store/failing': 'The store cannot write at the moment.',
  'store/query-timeout': 'The query took longer than its time limit.',
  'workspace/not-found': 'There is no workspace folder of that name.',
  'workspace/locked': 'Another engine has this workspace open.',
  'workspace/damaged': 'The registry database of the workspace is damaged; it is never replaced silently.',
  'workspace/newer': 'The workspace was written by a newer version.',
  'listen/failed': 'A listener could not be opened on the wanted address.',
  'file/unreadable': 'A file named by the user cannot be read.',
  'replay/occupied': 'A device that should play a recording is connected already; details.devices names it and details.by says who has it.',
  'replay/nothing': 'The recording holds nothing that a device could send again.',
  'replay/not-found': 'There is no replay with that id.',
  'replay/over': 'The replay is over and can only be started anew.',
  'replay/no-port': 'Nothing listens for devices, so that no recording can be played.',
  'topology/refused': 'A gateway cannot have that sub-device, or does not have it; details.platformCode tells why (6401, 6402, 6619, 460 …).',
  'file/unwritable': 'A file that the user wants written cannot be written.',
  'limit/reached': 'A limit of the product or of the platform has been reached.',
} as const

export type ErrorCode = keyof typeof errorCodes

/** A failed operation: a stable code, a sentence for a person, and fields for a program. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: JsonObject

  constructor(code: ErrorCode, message: string, details: JsonObject = {}) {
    super(message)
    this.name = 'AppError'
    this.code = code
    this.details = details
  }
}

/** The form in which an error crosses a wire, where classes are lost. */
export interface ErrorValue { code: ErrorCode, message: string, details: JsonObject }

/** Turns anything thrown into an {@link ErrorValue}; an unexpected error keeps its sentence but not its stack. */
export function toErrorValue(error: unknown): ErrorValue {
  if (error instanceof AppError)
    return { code: error.code, message: error.message, details: error.details }
  const message = error instanceof Error
    ? error.message
    : String(error)
  return { code: 'method/failed', message, details: {} }
}
