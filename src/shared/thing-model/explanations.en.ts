import type { Explanation } from './explanation.ts'

/** English explanations of the codes that connections, reports and commands can end with. */
export const explanationsEn: Readonly<Record<number, Explanation>> = {
  200: {
    title: 'Success',
    likelyCause: 'Everything went as intended.',
    whatToCheck: 'Nothing.',
  },
  400: {
    title: 'Request failed',
    likelyCause: 'The device says that it could not do what was asked.',
    whatToCheck: 'The log of the device, and what its firmware does with the command.',
  },
  403: {
    title: 'Refused',
    likelyCause: 'The device asked for a topic that it may not subscribe to.',
    whatToCheck: 'The product key and device name in the topic, and that the topic is one to subscribe to.',
  },
  427: {
    title: 'Thrown out by another connection',
    likelyCause: 'A second connection logged in with the same identity: one certificate in two devices, or the same device coming back after a short drop, which is harmless.',
    whatToCheck: 'Whether the certificate is used twice; power and network of the device if this repeats.',
  },
  429: {
    title: 'Too many requests',
    likelyCause: 'More messages came in a short time than are allowed.',
    whatToCheck: 'How often the device sends.',
  },
  460: {
    title: 'Parameter missing or malformed',
    likelyCause: 'The message lacks an id, its params are missing, empty or no object, or the client id string of CONNECT cannot be read.',
    whatToCheck: 'The message beside the Alink form {"id":"1","version":"1.0","params":{…}}.',
  },
  500: {
    title: 'Internal error',
    likelyCause: 'The platform failed, not the device.',
    whatToCheck: 'The log of Thingbench; please report it as a defect.',
  },
  521: {
    title: 'Device deleted',
    likelyCause: 'Somebody deleted the device while it was connected.',
    whatToCheck: 'The device list of the product.',
  },
  522: {
    title: 'Device disabled',
    likelyCause: 'Somebody disabled the device.',
    whatToCheck: 'The state of the device; enable it again.',
  },
  1901: {
    title: 'Not sent, the write buffer is full',
    likelyCause: 'The link is slow, or the device does not read fast enough.',
    whatToCheck: 'Network speed, and how fast the device handles what it receives.',
  },
  1902: {
    title: 'Network failed during transmission',
    likelyCause: 'The connection broke while the message was on its way.',
    whatToCheck: 'The network of the device.',
  },
  1903: {
    title: 'Topic has a wrong form',
    likelyCause: 'The topic has an empty level or a wildcard, does not begin with a slash, or is too long.',
    whatToCheck: 'The text of the topic.',
  },
  1904: {
    title: 'Answer without a question',
    likelyCause: 'The answer came too late, for the second time, or with an id or topic that no command has.',
    whatToCheck: 'That the firmware answers once, in time, on the right topic, with the id of the command as text and digit for digit.',
  },
  1905: {
    title: 'No answer in time',
    likelyCause: 'The device got the command and did not answer, or answered on another topic or with another id.',
    whatToCheck: 'What the device does with the command; the answers that came in vain (1904) just after.',
  },
  1910: {
    title: 'Offline, keep-alive expired',
    likelyCause: 'Nothing came from the device for one and a half times its keep-alive; it has to reconnect.',
    whatToCheck: 'The keep-alive of the client, and that it sends pings while idle or asleep.',
  },
  1911: {
    title: 'Offline, connection broken',
    likelyCause: 'The connection ended without a DISCONNECT: the program stopped, a firewall or router cut an idle link, or the network is unsteady.',
    whatToCheck: 'Whether the device comes back by itself; firewall, router and time-outs if it happens often.',
  },
  1951: {
    title: 'Unknown message from the device',
    likelyCause: 'The device sent something that the platform does not know, such as a packet that MQTT does not allow there.',
    whatToCheck: 'The MQTT library of the device and its version.',
  },
  2043: {
    title: 'Token not accepted',
    likelyCause: 'The device logged in with a token, which is expired, damaged or not available here.',
    whatToCheck: 'authType and securemode in the client id string; log in with the device secret.',
  },
  5092: {
    title: 'Property not in the thing model',
    likelyCause: 'The name is not defined; a property of a custom module is written {module}:{property}.',
    whatToCheck: 'The spelling of the property, and the module in front of the colon.',
  },
  5094: {
    title: 'Service not in the thing model',
    likelyCause: 'The service or one of its parameters is not defined; a service of a custom module is written {module}:{service}.',
    whatToCheck: 'The spelling of service and parameters.',
  },
  5096: {
    title: 'Event not in the thing model',
    likelyCause: 'The event or one of its output parameters is not defined; an event of a custom module is written {module}:{event}.',
    whatToCheck: 'The spelling of event and parameters.',
  },
  5490: {
    title: 'Thing model module unknown',
    likelyCause: 'The word before the colon is no custom module of the product; properties of the default module have no prefix.',
    whatToCheck: 'The module identifier, or whether the colon belongs there at all.',
  },
  6100: {
    title: 'Device does not exist',
    likelyCause: 'The device was never created, or has been deleted.',
    whatToCheck: 'The spelling of product key and device name in the user name {deviceName}&{productKey}.',
  },
  6104: {
    title: 'Too many properties in one request',
    likelyCause: 'The device asked for, or deleted, more desired values at once than the cloud takes.',
    whatToCheck: 'Split the request: at most 200 properties each.',
  },
  6106: {
    title: 'Too many properties in one report',
    likelyCause: 'One report may carry at most 200 properties.',
    whatToCheck: 'How the device puts its reports together; split them.',
  },
  6203: {
    title: 'Topic cannot be parsed',
    likelyCause: 'The platform has no topic of this form.',
    whatToCheck: 'The topic, level by level.',
  },
  6204: {
    title: 'Device disabled',
    likelyCause: 'The device was disabled, and a disabled device may not connect.',
    whatToCheck: 'The state of the device; enable it again.',
  },
  6206: {
    title: 'Service not found',
    likelyCause: 'The product has no service of that identifier, or no thing model at all.',
    whatToCheck: 'The identifier of the service, invisible characters in it, and the thing model of the product.',
  },
  6207: {
    title: 'Not JSON',
    likelyCause: 'The payload is not a JSON object: a missing quote or brace, single quotes, a cut message, or binary data.',
    whatToCheck: 'The raw bytes of the message; buffer sizes in the firmware if the end is missing.',
  },
  6208: {
    title: 'Device disabled',
    likelyCause: 'A property was to be set or a service called on a disabled device.',
    whatToCheck: 'Enable the device.',
  },
  6287: {
    title: 'Signature wrong',
    likelyCause: 'The password was computed over another text, with another secret or with another hash than the client id string says.',
    whatToCheck: 'The text that is signed (it stands in the message), the device secret, and signmethod and timestamp in the client id.',
  },
  6292: {
    title: 'Signature method not supported',
    likelyCause: 'signmethod in the client id is none of hmacmd5, hmacsha1 and hmacsha256.',
    whatToCheck: 'The client id string of CONNECT.',
  },
  6300: {
    title: 'Method missing',
    likelyCause: 'The Alink message has no "method".',
    whatToCheck: 'The message, and the output of the data parsing script if the product has one.',
  },
  6302: {
    title: 'Required parameter missing',
    likelyCause: 'The request lacks a parameter that the thing model asks for.',
    whatToCheck: 'The inputs of the service in the thing model.',
  },
  6304: {
    title: 'Member not in the struct',
    likelyCause: 'The struct has a member that the thing model does not define.',
    whatToCheck: 'The names of the struct\'s members; case counts.',
  },
  6306: {
    title: 'Not a fitting int',
    likelyCause: 'The value is text or a fraction, or lies outside the range.',
    whatToCheck: 'Type and range of the property; numbers are written without quotes.',
  },
  6307: {
    title: 'Not a fitting float',
    likelyCause: 'The value is no number, or lies outside the range.',
    whatToCheck: 'Type and range of the property; numbers are written without quotes.',
  },
  6308: {
    title: 'Not a fitting bool',
    likelyCause: 'A bool is the number 0 or 1 on the wire, never true, false or text.',
    whatToCheck: 'How the firmware writes the value.',
  },
  6309: {
    title: 'Not a fitting enum value',
    likelyCause: 'The number is none of the defined values, or the name of the value was sent instead of its number.',
    whatToCheck: 'The values of the enum in the thing model.',
  },
  6310: {
    title: 'Not a fitting text',
    likelyCause: 'The value is not text, or is too long; the length counts bytes of UTF-8, of which a Chinese character has three.',
    whatToCheck: 'The length in the thing model, and buffer contents sent along by accident.',
  },
  6311: {
    title: 'Not a fitting date',
    likelyCause: 'A date is text of epoch milliseconds, such as "1735689600000"; not a number and not a written date.',
    whatToCheck: 'How the firmware writes the value.',
  },
  6312: {
    title: 'Not a fitting struct',
    likelyCause: 'The value is no object, or lacks a member.',
    whatToCheck: 'The members of the struct in the thing model.',
  },
  6314: {
    title: 'Type in the thing model not supported',
    likelyCause: 'The imported model uses a data type that the platform does not know.',
    whatToCheck: 'The dataType of the property in the file.',
  },
  6317: {
    title: 'Thing model not valid',
    likelyCause: 'The model was edited by hand or damaged.',
    whatToCheck: 'Import the thing model again.',
  },
  6320: {
    title: 'Property unknown',
    likelyCause: 'The thing model of the product has no property of this name.',
    whatToCheck: 'The spelling, case included; or add the property to the thing model.',
  },
  6322: {
    title: 'Not a fitting double',
    likelyCause: 'The value is no number, or lies outside the range.',
    whatToCheck: 'Type and range of the property; numbers are written without quotes.',
  },
  6324: {
    title: 'Array has a wrong element',
    likelyCause: 'An element breaks the rule for elements, or there are too many.',
    whatToCheck: 'Element type and size of the array in the thing model.',
  },
  6325: {
    title: 'Element type not supported',
    likelyCause: 'Elements of an array can only be int, float, double, text or struct.',
    whatToCheck: 'The array in the thing model.',
  },
  6326: {
    title: 'Time of the data is invalid',
    likelyCause: 'A value of the past came without a time of 13 digits, or with one more than a day ahead.',
    whatToCheck: 'The "time" of every value: epoch milliseconds as a number.',
  },
  6328: {
    title: 'Not an array',
    likelyCause: 'The thing model asks for an array, and something else came.',
    whatToCheck: 'How the firmware writes the value: […], also for a single element.',
  },
  6329: {
    title: 'Array in the thing model not valid',
    likelyCause: 'The array lacks its element type or has a wrong size.',
    whatToCheck: 'specs.size and specs.item of the array in the file.',
  },
  6330: {
    title: 'Not a fitting long',
    likelyCause: 'The value is not a whole number of 64 bits, or lies outside the range.',
    whatToCheck: 'Type and range of the property.',
  },
  6332: {
    title: 'Input does not fit the thing model',
    likelyCause: 'For example a value for a property that can only be read.',
    whatToCheck: 'Access mode and definition of the property.',
  },
  6335: {
    title: 'Answer to a property set carries data',
    likelyCause: 'The device put the new values into "data" of its answer, which has to be empty.',
    whatToCheck: 'Answer {"id":…,"code":200,"data":{}} and report the new value with property/post.',
  },
  6356: {
    title: 'Too many events in one pack',
    likelyCause: 'One device of the pack carries more than 200 events.',
    whatToCheck: 'Split the pack.',
  },
  6357: {
    title: 'Too many sub-devices in one pack',
    likelyCause: 'The gateway packed more than 20 sub-devices into one message.',
    whatToCheck: 'Split the pack.',
  },
  6401: {
    title: 'Topological relation does not exist',
    likelyCause: 'The gateway spoke for a device that is not one of its sub-devices.',
    whatToCheck: 'The identities in the message, and which sub-devices the gateway has.',
  },
  6831: {
    title: 'Topic or method does not follow Alink',
    likelyCause: 'The topic begins like one of the platform\'s own but is none.',
    whatToCheck: 'The spelling of the topic.',
  },
  9200: {
    title: 'Device not activated',
    likelyCause: 'The device has never connected, so nothing can be sent to it.',
    whatToCheck: 'Let the device connect once.',
  },
  9201: {
    title: 'Device offline',
    likelyCause: 'The device was not connected when the message was to be sent.',
    whatToCheck: 'The state of the device and why it went offline.',
  },
  9236: {
    title: 'Topic not permitted',
    likelyCause: 'A device may use only topics with its own product key and device name, and only in the direction they are meant for.',
    whatToCheck: 'Product key and device name in the topic; the permission of a custom topic.',
  },
  9320: {
    title: 'Payload not acceptable',
    likelyCause: 'The payload is larger than 256 KB or has a form that the topic does not allow.',
    whatToCheck: 'Size and content of the payload.',
  },
  78117: {
    title: 'File larger than 16 MB',
    likelyCause: 'A file uploaded over MQTT may have 16 MB, appended parts included.',
    whatToCheck: 'The size in the request; split the file.',
  },
  78118: {
    title: 'Block larger than 128 KB',
    likelyCause: 'A block of an upload may have 128 KB.',
    whatToCheck: 'The block size of the firmware; 2 KB to 64 KB is usual.',
  },
  78119: {
    title: 'Block does not continue the file',
    likelyCause: 'The offset is not where the upload stands: a block is missing, or one was refused.',
    whatToCheck: 'The offset in the answer: the device goes on from there.',
  },
  78120: {
    title: 'Block smaller than 256 bytes',
    likelyCause: 'Only the last block of a file may be that small.',
    whatToCheck: 'The block size, and whether the last block says "isComplete":true.',
  },
  78121: {
    title: 'CRC of the block is wrong',
    likelyCause: 'The two bytes after the data are not its CRC-16/ARC, low byte first.',
    whatToCheck: 'CRC over the data only, start value 0, polynomial 0xA001 reflected; then the block is sent again.',
  },
  78122: {
    title: 'Upload does not exist',
    likelyCause: 'The upload id is not known: cancelled, failed, older than 24 hours, or of another device.',
    whatToCheck: 'The upload id; begin again with init.',
  },
  78124: {
    title: 'Upload finished already',
    likelyCause: 'Every byte of the file is there, and it cannot be changed any more.',
    whatToCheck: 'Whether the device missed the answer to its last block; there is nothing left to send.',
  },
  78125: {
    title: 'Check of the whole file failed',
    likelyCause: 'The size or the CRC-64 of what arrived is not what the request announced, so it was thrown away.',
    whatToCheck: '"fileSize" and "ficValue" of the request; CRC-64/XZ and CRC-64/Jones are understood.',
  },
  78126: {
    title: 'Block received already',
    likelyCause: 'The block lies before the place where the upload stands.',
    whatToCheck: 'Nothing: the device goes on from the offset in the answer.',
  },
  78127: {
    title: 'Upload too fast',
    likelyCause: 'Blocks come faster than the disk takes them.',
    whatToCheck: 'Wait for the answer to a block before the next one.',
  },
}
