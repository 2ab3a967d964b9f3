import type { Call } from '../fidelity.ts'
import { exact, partial } from '../fidelity.ts'

const file = 'integration/openapi-files-and-logs'
const notInCloud = 'The cloud shows this in its console only; the action is our own.'

/** Files of devices and logs over the cloud's API. */
export const fileAndLogApi = {
  QueryDeviceFileList: exact('the files that a device has uploaded', [file, 'are listed by page, with their size in KB']),
  QueryDeviceFile: partial('one file with an address to download it from', 'The address leads to the HTTP listener for devices, is good for an hour and not over a restart; the code for a file that is not there, iot.file.NotExistedFile, is our own.', [file, 'can be downloaded from an address that nobody guesses', 'have no address while there is no listener for it'], ['unit/engine/platform/file/links', 'serves a file until its time is over', 'serves no file that has gone, and no address that was never made', 'lets the oldest address go when there are too many']),
  DeleteDeviceFile: partial('deletes a file of a device', 'The code for a file that is not there, iot.file.NotExistedFile, is our own.', [file, 'are gone for everybody once they are deleted']),
  QueryDeviceLog: partial('the platform\'s log', notInCloud, [file, 'is searched with the filters of the page, newest or oldest first, a page at a time']),
  QueryDeviceLocalLog: partial('devices\' own logs', notInCloud, [file, 'is read by level, module and time, a page at a time']),
} satisfies Record<string, Call>
