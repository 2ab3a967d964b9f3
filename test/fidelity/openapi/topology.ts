import type { Call } from '../fidelity.ts'
import { exact, partial } from '../fidelity.ts'

const file = 'integration/openapi-topology'

/** Gateways, shadows and module versions over the cloud's API. */
export const topologyApi = {
  GetThingTopo: exact('the sub-devices of a gateway, a page at a time', [file, 'takes devices that are signed as thing/topo/add asks, and tells the gateway']),
  NotifyAddThingTopo: partial('asks a gateway to take devices up', 'A gateway that is not online is an error here, and so is a device that could not be added.', [file, 'asks the gateway to take devices up, named either way']),
  BatchAddThingTopo: partial('puts signed devices under a gateway', 'All or none are taken, and as many at a time as a gateway can have.', [file, 'takes devices that are signed as thing/topo/add asks, and tells the gateway', 'refuses a wrong signature, and then takes none of the others']),
  RemoveThingTopo: partial('takes a sub-device away from its gateway', 'The code for a device that has no gateway, iot.device.RemoveTopoRelationFailed, is our own.', [file, 'gives up a sub-device, whose session ends']),
  GetGatewayBySubDevice: partial('the gateway of a sub-device', 'The region is always cn-shanghai.', [file, 'names the gateway of a sub-device, with its state in lower case']),
  GetDeviceShadow: exact('the shadow of a device as text', [file, 'is written as a whole or in part, told to the device, and read as text']),
  UpdateDeviceShadow: partial('writes the desired side of a shadow', 'The sizes of a shadow are limits only while `limits.applyCloud` is on; the text "null" as a value deletes an attribute.', [file, 'is written as a whole or in part, told to the device, and read as text', 'refuses a message with the cloud\'s code for what is wrong with it'], ['unit/engine/openapi/shadow-message', 'reads what is desired and the version', 'refuses %s with %s']),
  ListOTAModuleVersionsByDevice: exact('the versions that a device has reported of its modules', [file, 'are listed by page, the firmware first']),
} satisfies Record<string, Call>
