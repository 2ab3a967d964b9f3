import type { ConnectionHost } from '../../../../src/engine/broker/connection.ts'
import type { BrokerClient, PacketSeam } from '../../../../src/engine/broker/types.ts'
import type { Wire } from '../../../../src/engine/broker/wire.ts'
import { Buffer } from 'node:buffer'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Connection, pauseReason } from '../../../../src/engine/broker/connection.ts'
import { Flusher } from '../../../../src/engine/broker/flusher.ts'
import { buildPublish } from '../../../../src/engine/broker/frame.ts'
import { Turns } from '../../../../src/engine/broker/turns.ts'

/** The operating system's side of a connection: takes what is written, or lets it pile up. */
class TestWire implements Wire {
  readonly transport = 'tcp'
  readonly localAddress = '127.0.0.1'
  readonly remoteAddress = '127.0.0.1'
  readonly written: Buffer[] = []
  piledUp = 0
  readonly calls: string[] = []

  write(bytes: Uint8Array): void { this.written.push(Buffer.from(bytes)) }
  queuedBytes(): number { return this.piledUp }
  pause(): void { this.calls.push('pause') }
  resume(): void { this.calls.push('resume') }
  end(): void { this.calls.push('end') }
  destroy(): void { this.calls.push('destroy') }
}

function setUp(seam?: PacketSeam) {
  const wire = new TestWire()
  const frames: string[] = []
  const events: string[] = []
  const host: ConnectionHost = {
    counters: { publishesIn: 0, publishesOut: 0, bytesIn: 0, bytesOut: 0, droppedOut: 0, refusedConnects: 0, malformedPackets: 0, refusedSockets: 0 },
    seam,
    flusher: new Flusher(),
    turns: new Turns(),
    looks: 5,
    onFrame: (_connection, bytes, start, end) => frames.push(bytes.toString('hex', start, end)),
    onLongPublish: (_connection, head) => events.push(`long ${head.length}`),
    onTooLong: (ended, totalBytes) => {
      events.push(`too long ${totalBytes}`)
      ended.end()
    },
    onMalformed: (ended) => {
      events.push('malformed')
      ended.end()
    },
    onRoom: () => events.push('room'),
    onGone: () => events.push('gone'),
    onClosed: () => events.push('closed'),
  }
  const connection = new Connection(wire, host)
  const receive = (bytes: Uint8Array | number[]) => {
    const chunk = Buffer.from(bytes)
    connection.receive(chunk, chunk.length)
  }
  return { wire, frames, events, host, connection, receive }
}

describe('cutting a stream into packets', () => {
  it('gives the same packets however the bytes arrive', () => {
    const sizes = fc.array(fc.nat(3_000), { minLength: 1, maxLength: 8 })
    fc.assert(fc.property(sizes, fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1 }), (payloads, steps) => {
      const packets = payloads.map(size => buildPublish({ topic: '/a', payload: Buffer.alloc(size, size), qos: 0, packetId: 0, dup: false, properties: null }))
      const stream = Buffer.concat(packets)
      const { frames, receive } = setUp()
      for (let position = 0, index = 0; position < stream.length; index++) {
        const end = position + steps[index % steps.length]!
        receive(stream.subarray(position, end))
        position = end
      }
      expect(frames).toEqual(packets.map(packet => packet.toString('hex')))
    }))
  })

  it('gives the same packets when they are cut at every byte', () => {
    const stream = Buffer.concat([Buffer.from([0xC0, 0]), buildPublish({ topic: '/abc', payload: Buffer.alloc(150), qos: 1, packetId: 3, dup: false, properties: null }), Buffer.from([0x40, 2, 0, 1])])
    const whole = setUp()
    whole.receive(stream)
    for (let cut = 1; cut < stream.length; cut++) {
      const { frames, receive } = setUp()
      receive(stream.subarray(0, cut))
      receive(stream.subarray(cut))
      expect(frames).toEqual(whole.frames)
    }
  })

  it('does not look at what its caller left behind its bytes', () => {
    const { connection, frames } = setUp()
    connection.receive(Buffer.from([0xC0, 0, 0xD0, 0]), 2)
    connection.receive(Buffer.from([0xE0, 9]), 1)
    expect(frames).toEqual(['c000'])
  })

  it('stops at a packet that is malformed or too long, and reads no further', () => {
    const one = setUp()
    one.receive([0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0xC0, 0])
    expect([one.events, one.frames]).toEqual([['malformed'], []])
    const other = setUp()
    other.connection.frameBytesMax = 10
    other.receive([0xC0, 0, 0x82, 50, 1, 2])
    other.receive([0xC0, 0])
    expect([other.events, other.frames]).toEqual([['too long 52'], ['c000']])
  })

  it('lets a long PUBLISH pass where that is wanted, and goes on behind it', () => {
    const { connection, events, frames, receive } = setUp()
    connection.frameBytesMax = 50
    connection.skipsLongPublish = true
    receive(Buffer.concat([buildPublish({ topic: '/a', payload: Buffer.alloc(1_000), qos: 0, packetId: 0, dup: false, properties: null }), Buffer.from([0xC0, 0])]))
    expect(events).toEqual(['long 50'])
    expect(frames).toEqual(['c000'])
  })

  it('notes when it was heard last', () => {
    const { connection, host, receive } = setUp()
    expect(connection.heardAt).toBe(5)
    host.looks = 9
    receive([0x30, 5, 0])
    expect(connection.heardAt).toBe(5)
    receive([1, 0x61, 0, 0])
    expect(connection.heardAt).toBe(9)
  })
})

describe('sending', () => {
  it('gathers what is sent in one turn into one write', async () => {
    const { connection, wire, host } = setUp()
    connection.send('pingresp', Buffer.from([1]))
    connection.send('puback', Buffer.from([2, 3]))
    expect([wire.written.length, connection.queuedBytes()]).toEqual([0, 3])
    await turn()
    expect(wire.written).toEqual([Buffer.from([1, 2, 3])])
    expect(host.counters.bytesOut).toBe(3)
  })

  it('writes answers at the end of the read they belong to', () => {
    const { connection, wire, host, receive } = setUp()
    host.onFrame = () => connection.send('pingresp', Buffer.from([0xD0, 0]))
    receive([0xC0, 0, 0xC0, 0])
    expect(wire.written).toEqual([Buffer.from([0xD0, 0, 0xD0, 0])])
  })

  it('sends nothing after the end, but everything before it', async () => {
    const { connection, wire } = setUp()
    connection.send('disconnect', Buffer.from([1]))
    connection.end()
    connection.send('puback', Buffer.from([2]))
    await turn()
    expect(wire.written).toEqual([Buffer.from([1])])
    expect(wire.calls).toEqual(['end'])
  })
})

describe('pausing', () => {
  it('reads nothing more from a device that does not read, until it does', () => {
    const { connection, wire, events } = setUp()
    wire.piledUp = 2 * 1024 * 1024
    connection.send('pingresp', Buffer.from([1]))
    connection.flush()
    expect(wire.calls).toEqual(['pause'])
    connection.hasRoom()
    expect([wire.calls, events]).toEqual([['pause', 'resume'], ['room']])
  })

  it('goes on only when no reason is left, and counts silence from then', () => {
    const { connection, wire, host } = setUp()
    connection.pauseReading(pauseReason.pressure)
    connection.pauseReading(pauseReason.backlog)
    connection.resumeReading(pauseReason.backlog)
    expect([wire.calls, connection.isPausedFor(pauseReason.pressure)]).toEqual([['pause'], true])
    host.looks = 99
    connection.resumeReading(pauseReason.pressure)
    connection.resumeReading(pauseReason.pressure)
    expect([wire.calls, connection.heardAt]).toEqual([['pause', 'resume'], 99])
  })

  it('is over when the connection ends, so that the goodbye of the other side is heard', () => {
    const { connection, wire } = setUp()
    connection.pauseReading(pauseReason.pressure)
    connection.end()
    expect(wire.calls).toEqual(['pause', 'resume', 'end'])
  })
})

describe('the packet seam', () => {
  it('sees what passes and decides what is sent instead', () => {
    const seen: string[] = []
    const { connection, wire, receive } = setUp({
      onPacket: (client, direction, kind, frame) => seen.push(`${client === null ? 'nobody' : 'somebody'} ${direction} ${kind} ${frame.length}`),
      onSend: (_client, kind, frame) => kind === 'puback' ? [] : kind === 'publish' ? [frame, frame] : undefined,
    })
    connection.send('connack', Buffer.from([1]))
    connection.client = {} as BrokerClient
    receive([0xC0, 0])
    connection.send('puback', Buffer.from([2]))
    connection.send('publish', Buffer.from([3]))
    connection.send('pingresp', Buffer.from([4]))
    connection.flush()
    expect(Buffer.concat(wire.written)).toEqual(Buffer.from([1, 3, 3, 4]))
    expect(seen).toEqual(['nobody down connack 1', 'somebody up pingreq 2', 'somebody down publish 1', 'somebody down publish 1', 'somebody down pingresp 1'])
  })
})

describe('a turn that is over', () => {
  it('lets what comes wait, unread and in order, and drops it when the connection has ended meanwhile', async () => {
    const { connection, host, receive, frames, wire } = setUp()
    connection.client = {} as BrokerClient
    const [first, second] = ['a', 'b'].map(topic => buildPublish({ topic, payload: Buffer.from('{}'), qos: 0, packetId: 0, dup: false, properties: null }))
    while (!host.turns.isOver)
      host.turns.count()
    receive(first!)
    receive(second!)
    expect({ frames, calls: wire.calls }).toEqual({ frames: [], calls: ['pause'] })
    await turn()
    expect(frames).toEqual([first!, second!].map(frame => frame.toString('hex')))
    expect(wire.calls).toEqual(['pause', 'resume'])

    while (!host.turns.isOver)
      host.turns.count()
    receive(first!)
    connection.end()
    receive(second!)
    await turn()
    expect(frames).toHaveLength(2)
  })
})
