import type { ApiClient } from '../../shared/contract/contract.ts'
import type { Language } from '../../shared/thing-model/explanation.ts'
import { sayError } from '../../shared/error-words.ts'
import { AppError, toErrorValue } from '../../shared/errors.ts'

/** The engine's methods and streams, whose failures say what happened in the language of the page. */
export function sayFailures(api: ApiClient, language: () => Language): ApiClient {
  const told = (thrown: unknown): never => {
    if (!(thrown instanceof AppError))
      throw thrown
    throw new AppError(thrown.code, sayError(toErrorValue(thrown), language()), thrown.details)
  }
  return {
    call: (name, input, options) => api.call(name, input, options).catch(told),
    subscribe: (name, input, onItem, options) => api.subscribe(name, input, onItem, options).catch(told),
    close: () => api.close(),
  }
}
