import type { EngineApi, MethodHandlers, StreamHandlers } from '../../src/shared/contract/contract.ts'
import { methods, streams } from '../../src/shared/contract/contract.ts'
import { AppError } from '../../src/shared/errors.ts'

/** Handlers for the methods and streams a test uses; every other one fails, saying that the test has none for it. */
export interface StubHandlers { methods?: Partial<MethodHandlers>, streams?: Partial<StreamHandlers> }

/** The engine's side of the contract without an engine, for tests of the wires. */
export function createStubApi(given: StubHandlers = {}): EngineApi {
  const missing = (name: string) => () => {
    throw new AppError('method/failed', `This test has no handler for ${name}.`)
  }
  const fill = (names: string[], handlers: object): object => ({
    ...Object.fromEntries(names.map(name => [
      name,
      missing(name),
    ])),
    ...handlers,
  })
  return {
    methods: fill(Object.keys(methods), given.methods ?? {}) as MethodHandlers,
    streams: fill(Object.keys(streams), given.streams ?? {}) as StreamHandlers,
  }
}
