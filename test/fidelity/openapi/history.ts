import type { Call } from '../fidelity.ts'
import { partial } from '../fidelity.ts'

const file = 'integration/openapi-history'
const pages = 'come page by page in either order, none lost and none twice, although many share a millisecond (Asc %i)'
const bounds = 'What is kept can be read however old it is, not only for 30 days; a page ends between two milliseconds, so it can be shorter than `PageSize`, and longer when more share a single one; `NextTime` is missing after the last page.'

/** What was reported and called, over time, by action. */
export const historyApi = {
  QueryDevicePropertyData: partial('the values of a property over time', `${bounds} Numbers are kept as long as the messages of their time; of other values the newest million of all devices is kept, and none from before a workspace kept them.`, [file, 'are given for every data type as text, with the times that the device reported', 'are those that passed the check, out of single reports, batches and reports of the past', 'are also those of sub-devices in a gateway\'s pack, and what the script of a custom format made of bytes', pages, 'may be asked for newest first with StartTime as the newer end, which NextTime then replaces', 'are refused with InvalidTimeBucket for a range that goes backwards, and for too large a page or an unknown property']),
  QueryDevicePropertiesData: partial('the values of up to ten properties over time', bounds, [file, 'end together, so that one NextTime goes on for all of them']),
  QueryDeviceEventData: partial('the events of a device', `${bounds} The newest million events of all devices are kept.`, [file, 'come with their names, types and output as JSON, by event and by type', pages]),
  QueryDeviceServiceData: partial('the service calls of a device', `${bounds} The newest 100,000 calls of all devices are kept.`, ['integration/openapi-services', 'answers an asynchronous call at once without a result, which is found later', 'pages through the calls of a device in either order']),
} satisfies Record<string, Call>
