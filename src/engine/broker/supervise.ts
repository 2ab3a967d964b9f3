import type { Alarm } from '../../shared/clock.ts'
import type { Connection } from './connection.ts'
import type { BrokerCore } from './core.ts'
import { limits } from '../../shared/limits.ts'
import { pauseReason } from './connection.ts'
import { endConnection } from './ending.ts'
import { platformCode } from './platform-code.ts'
import { reasonCode } from './reason-code.ts'

/** How late supervision may notice something; far below the shortest keep-alive. */
const lookEveryMs = 1_000

/**
 * Watches over what has to happen in time: keep-alive, the CONNECT that has to come, the connections that have been ended
 * and have to go, the sessions that expire. One alarm looks at them all: a timer each would be ten thousand. Time is
 * counted in looks, so that a machine that was asleep does not find everybody silent when it wakes up.
 */
export function supervise(core: BrokerCore, onLook: () => void): { close: () => void } {
  let alarm: Alarm
  const look = () => {
    core.looks++
    for (const connection of core.connections)
      check(core, connection, core.looks - connection.heardAt)
    core.sessions.expire()
    onLook()
    alarm = core.clock.setAlarm(lookEveryMs, look)
  }
  alarm = core.clock.setAlarm(lookEveryMs, look)
  return { close: () => alarm.cancel() }
}

/** Looks at one connection that has been silent for `silentLooks`, of which the first may have been shorter than the others. */
function check(core: BrokerCore, connection: Connection, silentLooks: number): void {
  const silentMs = (silentLooks - 1) * lookEveryMs
  if (connection.hasEnded) {
    if (silentMs >= limits.closeWithinMs)
      connection.wire.destroy()
  }
  else if (connection.registeredAt >= 0) {
    // Alink 2.2: a device that has been registered and does not go by itself is sent away.
    if ((core.looks - connection.registeredAt - 1) * lookEveryMs >= limits.registeredStaysMs)
      connection.end()
  }
  else if (connection.client === null) {
    if (silentMs >= limits.connectWithinMs) {
      core.counters.refusedConnects++
      connection.end()
    }
  }
  // Alink 1.4: 1.5 times the keep-alive. While the store has no room nobody listens, so silence says nothing.
  else if (silentMs >= connection.client.keepaliveSec * 1500 && !connection.isPausedFor(pauseReason.pressure)) {
    const message = `Nothing came from the device for 1.5 times its keep-alive of ${connection.client.keepaliveSec} seconds.`
    endConnection(core, connection, { code: platformCode.keepaliveExpired, message }, reasonCode.keepAliveTimeout)
  }
}
