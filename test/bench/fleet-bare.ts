/**
 * The least that a fleet can cost: a loop over sockets that writes PUBLISH packets and counts PUBACKs. No thing model, no
 * behaviour, no keep-alive, no second attempt. What the fleet costs beyond it is what it can do more.
 */
import type { Socket } from 'node:net'
import { Buffer } from 'node:buffer'
import { connect } from 'node:net'
import { encodeConnect } from '../../src/engine/fleet/connect-packet.ts'
import { encodePublish } from '../../src/engine/fleet/mqtt-frames.ts'
import { benchDevice } from './broker-device.ts'
import { loadPayload, runLoad } from './fleet-load.ts'

const sockets: Socket[] = []
/** What a device waits for: its CONNACK, then the PUBACK of its one message. */
const waiting: (() => void)[] = []
/** All sockets read into one buffer, one after the other. CONNACK and PUBACK are four bytes each, one of them at a time. */
const buffer = Buffer.allocUnsafeSlow(64 * 1024)

runLoad({
  open(index, port, onConnected) {
    waiting[index] = onConnected
    const socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer,
        callback: () => {
          waiting[index]!()
          return true
        },
      },
    }, () => socket.write(encodeConnect(benchDevice(index), { tls: false, version: 'bench' })))
    socket.on('error', () => {})
    sockets[index] = socket
  },
  report(index, onAcknowledged) {
    const { productKey, deviceName } = benchDevice(index)
    waiting[index] = onAcknowledged
    sockets[index]!.write(encodePublish(`/sys/${productKey}/${deviceName}/thing/event/property/post`, loadPayload, 1, 1))
  },
})
