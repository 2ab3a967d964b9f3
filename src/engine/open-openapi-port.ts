import type { AnswerOpenApi, EngineConfig, OpenApiListener, ServerCertificate } from './config.ts'
import type { Notices } from './notices.ts'

export interface OpenApiPortContext {
  openToNetwork: boolean
  answer: AnswerOpenApi
  certificate: () => Promise<ServerCertificate>
  notices: Notices
  /** Closes the listener. */
  stack: AsyncDisposableStack
}

/** Opens the listener of the cloud's API where the host has one; the user is told when it is not on the port that was wanted. Throws AppError `listen/failed`. */
export async function openOpenApiPort({ openApiHttp }: Pick<EngineConfig, 'openApiHttp'>, { openToNetwork, answer, certificate, notices, stack }: OpenApiPortContext): Promise<OpenApiListener | undefined> {
  const listener = await openApiHttp?.(openToNetwork, answer, certificate)
  if (listener === undefined)
    return undefined
  stack.defer(() => listener.close())
  if (listener.takenPort !== null)
    notices.add('warning', 'openapi-port-taken', `Port ${listener.takenPort} is taken by another program, so the cloud's API is at ${listener.url} until the next start.`)
  return listener
}
