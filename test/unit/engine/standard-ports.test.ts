import type { DeviceHttpListener } from '../../../src/engine/config.ts'
import { expect, it } from 'vitest'
import { explainPort, StandardPorts } from '../../../src/engine/standard-ports.ts'
import { AppError } from '../../../src/shared/errors.ts'

const refusal = (reason: string): AppError => new AppError('listen/failed', `cannot listen: ${reason}`, { reason })
const system = { platform: 'linux', program: '/opt/node' }

it('tells what helps on each system where a port is not allowed or taken', () => {
  const linux = explainPort(80, refusal('EACCES'), { ...system, ownPort: 4701 })
  expect(linux).toMatchObject({ state: 'denied', commands: ['sudo sysctl net.ipv4.ip_unprivileged_port_start=80', 'sudo setcap cap_net_bind_service=+ep \'/opt/node\''] })
  expect(linux.advice).toMatch(/^The system does not let Thingbench listen on port 80\..*sysctl.*setcap.*addresses of files keep the port 4701/)
  expect(explainPort(443, refusal('EADDRINUSE'), { ...system, ownPort: 4701 })).toMatchObject({ state: 'taken', commands: ['sudo ss -ltnp \'sport = :443\''], advice: expect.stringContaining('Another program uses port 443') as string })
  const words = (platform: string, reason: string): string => explainPort(80, refusal(reason), { platform, program: 'x', ownPort: 1 }).advice
  expect([words('darwin', 'EACCES'), words('win32', 'EACCES'), words('freebsd', 'EACCES')]).toEqual([expect.stringContaining('macOS allows it'), expect.stringContaining('net stop http'), expect.stringContaining('administrator')])
  expect([words('darwin', 'EADDRINUSE'), words('win32', 'EADDRINUSE')]).toEqual([expect.stringContaining('lsof'), expect.stringContaining('netstat')])
  expect(explainPort(80, new Error('no such address'), { ...system, ownPort: null })).toMatchObject({ state: 'failed', commands: [], advice: expect.stringContaining('no such address') as string })
})

it('opens and closes in the order in which it was asked to, and does not open the port that there is anyway', async () => {
  const events: string[] = []
  let isWanted = false
  const open = async (port: number): Promise<DeviceHttpListener> => {
    events.push(`open ${port}`)
    return { url: '', close: async () => { events.push(`close ${port}`) } }
  }
  const notices: string[] = []
  const ports = new StandardPorts({ open, isWanted: () => isWanted, ownPort: () => 443, system, notices: { add: (_level, code) => { notices.push(code) } } })
  void ports.apply()
  isWanted = true
  void ports.apply()
  expect((await ports.state()).map(({ port, state }) => [port, state])).toEqual([[80, 'open'], [443, 'own']])
  expect([ports.isAtHome('http'), ports.isAtHome('https')]).toEqual([true, true])
  isWanted = false
  await ports.apply()
  expect(ports.isAtHome('http')).toBe(false)
  isWanted = true
  void ports.apply()
  await ports.close()
  // The last wish was overtaken by the end, and nothing is left open.
  expect(events).toEqual(['open 80', 'close 80'])
  expect(notices).toEqual([])
})
