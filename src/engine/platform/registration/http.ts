import type { IncomingMessage } from 'node:http'
import type { DeviceHttpAnswer, DeviceHttpRoute } from '../device-http.ts'
import type { Registration } from './registration.ts'
import { buildBootstrapReply, buildRegistrationRefusal, buildRegistrationReply, formValues, parseRegistrationForm } from '../../../shared/alink/register.ts'

export interface RegistrationRouteContext {
  registration: Pick<Registration, 'register'>
  /** The MQTT port that a device is told; null while there is none. */
  mqttPort: () => number | null
  /** A device has asked where to connect: what it said of itself and what it was told. */
  onBootstrap: (asked: BootstrapRequest, code: number) => void
}

/** What a device says when it asks where to connect; `path` names a region, the form its identity. Texts as they came. */
export interface BootstrapRequest { path: string, productKey: string | null, deviceName: string | null }

const bodyBytesMax = 4 * 1024

/**
 * `POST /auth/register/device` (Alink 2.1) and the choice of a server, `POST /auth/bootstrap` and
 * `GET /auth/bootstrap/regionId/{region}` (Alink 7.9). Every answer has HTTP status 200 and says in `code` what came of it.
 */
export function registrationRoutes({ registration, mqttPort, onBootstrap }: RegistrationRouteContext): DeviceHttpRoute[] {
  return [
    {
      prefix: '/auth/register/device',
      async respond(request) {
        const body = await readBody(request)
        if (body === null || request.method !== 'POST')
          return answer(buildRegistrationRefusal(460))
        const { claim, missing } = parseRegistrationForm(body)
        if (missing.length > 0)
          return answer(JSON.stringify({ code: 460, message: `request parameter error: ${missing.join(', ')} missing` }))
        const outcome = registration.register(claim)
        return answer('code' in outcome ? buildRegistrationRefusal(outcome.code) : buildRegistrationReply(claim, outcome.deviceSecret))
      },
    },
    {
      prefix: '/auth/bootstrap',
      async respond(request, path) {
        const form = formValues(await readBody(request) ?? '')
        const asked = { path, productKey: form.get('productkey') ?? null, deviceName: form.get('devicename') ?? null }
        const resources = form.get('resources') ?? 'mqtt'
        const port = mqttPort()
        const code = !resources.split(',').includes('mqtt') ? 460 : port === null ? 500 : 200
        onBootstrap(asked, code)
        if (code === 460)
          return answer(JSON.stringify({ code, message: 'resources has to name mqtt' }))
        if (port === null)
          return answer(buildRegistrationRefusal(500))
        // The address at which the device found us is the one it can reach.
        return answer(buildBootstrapReply(plain(request.socket.localAddress ?? '127.0.0.1'), port))
      },
    },
  ]
}

function plain(address: string): string {
  return address.replace(/^::ffff:/, '')
}

function answer(body: string): DeviceHttpAnswer {
  return { status: 200, headers: { 'Content-Type': 'application/json;charset=utf-8' }, body }
}

/** The body as text; null when it is longer than any form of ours, of which the rest is read and dropped. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes <= bodyBytesMax)
      chunks.push(chunk)
    else if (bytes > 64 * bodyBytesMax)
      break
  }
  return bytes > bodyBytesMax ? null : Buffer.concat(chunks).toString('utf8')
}
