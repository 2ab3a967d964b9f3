import type { ValueScripts } from './types.ts'

/**
 * Opens a sandbox for scripts that give values, in this thread; it is loaded when it is first needed, because most engines and
 * fleets never do. `stopwatch`: milliseconds that really pass.
 */
export async function openValueScripts(stopwatch: () => number): Promise<ValueScripts> {
  const { ValueMachine } = await import('./value-scripts.ts')
  return ValueMachine.open(stopwatch)
}
