/** What carries a device's packets: a socket, or memory for simulated devices in the same process. */
export type DeviceTransport = 'tcp' | 'websocket' | 'tls' | 'in-process'
