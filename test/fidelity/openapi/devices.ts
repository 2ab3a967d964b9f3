import type { Call } from '../fidelity.ts'
import { exact, partial } from '../fidelity.ts'

const devices = 'integration/openapi-devices'
const batches = 'integration/openapi-device-batches'
const named = 'reads a device by its IotId or by its names, with its secret, its times and its address'
const states = 'reads since when a device has been in its state, of one device and of many'
const switched = 'disables a device, which loses its connection, finds it by its state, and enables and deletes it'
const tags = 'are set by key, read as JSON, deleted one by one, and refused where they break a rule'
const clientIds = 'reads the client ids of a device that registered itself, and takes them back'
const whole = 'is checked, made and listed, and its devices connect'

/** Devices, batches of them and their tags, by action. */
export const devicesApi = {
  RegisterDevice: partial('makes a device', 'A nickname may have any printing character; there are no LoRaWAN devices, whose parameters are passed over.', [devices, 'makes a device with a nickname, and one whose name is made up']),
  QueryDevice: partial('lists devices, newest first', '`CurrentPage` reaches beyond 10,000 devices without `NextToken`; `DeviceId` is the IotId; `GmtModified` is when the device was made, renamed, reset, disabled or enabled.', [devices, 'lists the devices of a product newest first, a page at a time or from where the last page ended']),
  QueryDeviceDetail: partial('one device with secret, state, times and firmware', '`Region` is always `cn-shanghai`.', [devices, named, 'is refused a device of another product']),
  QueryDeviceInfo: exact('one device with secret and nickname', [devices, named, 'disables a device, which loses its connection, finds it by its state, and enables and deletes it']),
  BatchQueryDeviceDetail: partial('many devices by name', 'Names that no device has are left out; `Region` is always `cn-shanghai`.', [devices, named]),
  GetDeviceStatus: exact('state and since when', [devices, states, 'is refused a device of another product']),
  BatchGetDeviceState: partial('states of many devices', 'Devices that are not there are left out, `AsAddress` too; `LastOnlineTime` is in UTC.', [devices, states]),
  QueryDeviceByStatus: exact('devices of a product in a state', [devices, switched]),
  QueryDeviceStatistics: exact('counts of devices', [devices, switched], ['integration/openapi-groups', 'takes devices in and lets them out, and tells how many']),
  QueryDeviceBySQL: partial('finds or counts devices with a statement', 'More is understood than the cloud does: `WHERE` may be left out, and its conditions are the query language of groups, with brackets, `not`, `in`, `like` with any pattern and latest values. Times are in UTC; conditions on `ota_module` are refused; without `ORDER BY` the newest come first.', [devices, 'gives the fields it asks for, in its order and within its limit, or a count', 'is refused with the place where it stops being one'], ['unit/shared/device-query/statement', 'reads all parts of a statement']),
  QueryDeviceByTags: partial('devices with tags', 'Of several tags a device has to have all; whether one is enough in the cloud is not known.', [devices, 'find the devices that have them all, newest first']),
  BatchUpdateDeviceNickname: partial('nicknames of many devices', 'Where one device is not there, none is changed.', [devices, 'gives many devices nicknames at once, or none where one of them is not there; they are kept and found']),
  EnableThing: exact('lets a device connect again', [devices, switched]),
  DisableThing: exact('closes the connection of a device and refuses new ones', [devices, switched]),
  ResetThing: partial('lets a device register itself once more', 'The answer has no `JobId`, because the reset is over when it comes. The connection is closed, the secret stays, and client ids that were given out are taken back.', [devices, 'resets a device, which may then register itself once more']),
  DeleteDevice: exact('deletes a device', [devices, switched]),
  QueryClientIds: exact('client ids of a device that registered itself', [devices, clientIds]),
  DeleteClientIds: exact('takes these client ids back', [devices, clientIds]),
  SaveDeviceProp: partial('sets tags of a device', 'The rules on keys, values and their number are only applied with the cloud\'s limits. A number is kept as text.', [devices, tags]),
  QueryDeviceProp: exact('tags of a device', [devices, tags]),
  DeleteDeviceProp: exact('deletes a tag of a device', [devices, tags]),
  BatchCheckDeviceNames: partial('checks names for a batch of devices', 'The names are checked before the answer comes, which therefore says of each what is wrong with it. Names that devices have are among the repeated ones. 200 batches are kept.', [batches, whole, 'says of each name why it is not all right, in the members that the cloud has for it, and is not made then']),
  BatchRegisterDeviceWithApplyId: partial('makes the devices of a batch', 'A batch with a name that is not all right is not made at all, and none twice.', [batches, whole, 'keeps its nicknames', 'goes on after a restart with the devices that were not made before it', 'fails when one of its names was taken after it was checked, and says so']),
  BatchRegisterDevice: exact('makes devices with random names', [batches, 'has names that are made up where only their number is given', 'goes on after a restart with the devices that were not made before it']),
  QueryBatchRegisterDeviceStatus: partial('how far a batch is', '`CHECK` never shows, because checking is over when its answer comes.', [batches, whole, 'says of each name why it is not all right, in the members that the cloud has for it, and is not made then', 'is not found under another product or a wrong id, and takes 10,000 names at most']),
  QueryPageByApplyId: partial('devices of a batch', 'Devices that were deleted since are left out; `DeviceId` is the IotId.', [batches, whole]),
} satisfies Record<string, Call>
