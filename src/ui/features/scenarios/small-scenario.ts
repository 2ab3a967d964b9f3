import type { ScenarioFile } from '../../../shared/contract/scenario.ts'

const nameMax = 60

/** A name like the wanted one that no scenario of the workspace has. */
export function freeName(wanted: string, files: readonly Pick<ScenarioFile, 'place' | 'name'>[]): string {
  const name = wanted.replaceAll(/[^\w-]+/g, '-').replace(/^[^a-z0-9]+/i, '').slice(0, nameMax - 4) || 'scenario'
  const taken = new Set(files.filter(({ place }) => place === 'own').map(file => file.name.toLowerCase()))
  for (let number = 1; ; number++) {
    const free = number === 1 ? name : `${name}-${number}`
    if (!taken.has(free.toLowerCase()))
      return free
  }
}

/** A scenario that says as little as one can. */
export function smallest(name: string): string {
  return `scenario: ${JSON.stringify(name)}
duration: 1min

products:
  thermostat: {model: thermostat}

groups:
  rooms:
    product: thermostat
    count: 10
    every: 5s

timeline:
  - {at: 20s, fail: rooms, share: 20%, for: 10s}

expect:
  - refused = 0
  - all online
`
}
