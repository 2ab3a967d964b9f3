import type { EngineApi } from '../shared/contract/contract.ts'
import type { DownloadStatus } from '../shared/contract/download.ts'
import type { DeviceHttpListener, EngineConfig, ServerCertificate } from './config.ts'
import type { DownloadClient, DownloadPlace } from './download-place.ts'
import type { Notices } from './notices.ts'
import type { DeviceHttpAnswer, DeviceHttpRoute } from './platform/device-http.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { choosePlace, isLoopback, problemOf } from './download-place.ts'
import { boardAddress } from './network-address.ts'
import { StandardPorts } from './standard-ports.ts'

export interface DownloadServerContext {
  config: Pick<EngineConfig, 'openDeviceHttp'>
  settings: SettingsStore
  notices: Pick<Notices, 'add'>
  /** The address on which devices connect, also `0.0.0.0`. */
  host: string
  clientOf: (deviceId: number) => DownloadClient | undefined
  /** Also a deleted device. */
  deviceOf: (deviceId: number) => { productKey: string, deviceName: string } | undefined
}

/** As whom a simulated device without a socket is known to whoever tells it where its files are. */
const withoutSocket: DownloadClient = { transport: 'in-process', localAddress: '127.0.0.1', remoteAddress: 'in-process' }

/** The device-facing HTTP listener, and at which address of this machine devices find it (platform rules OTA-147 to OTA-149). */
export class DownloadServer {
  readonly #context: DownloadServerContext
  readonly #ports: StandardPorts
  #routes: DeviceHttpRoute[] = []
  #certificate: () => Promise<ServerCertificate> = () => Promise.reject(new Error('The listener is not open.'))
  #listener: DeviceHttpListener | undefined
  #unreachable: DownloadStatus['unreachable'] = null
  readonly methods: Pick<EngineApi['methods'], 'download.status'> = { 'download.status': () => this.#status() }

  constructor(context: DownloadServerContext) {
    this.#context = context
    const { config, settings, notices, host } = context
    this.#ports = new StandardPorts({
      open: port => config.openDeviceHttp!(host, this.#routes, this.#certificate, port),
      isWanted: () => this.#listener !== undefined && settings.get('ota.standardPorts'),
      ownPort: () => this.#port,
      notices,
      system: { platform: process.platform, program: process.execPath },
    })
    settings.onChange('ota.standardPorts', () => void this.#ports.apply())
    settings.onChange('ota.downloadHost', () => this.#unreachable = null)
  }

  /** Opens the listener, where the host of the engine has one. Throws AppError `listen/failed`. */
  async open(routes: DeviceHttpRoute[], certificate: () => Promise<ServerCertificate>): Promise<void> {
    this.#routes = routes
    this.#certificate = certificate
    const { config, host } = this.#context
    this.#listener = await config.openDeviceHttp?.(host, routes, certificate)
    await this.#ports.apply()
  }

  /** The base address for this machine, without a slash at its end; null without a listener. */
  get url(): string | null {
    return this.#listener?.url ?? null
  }

  /** The base address for programs, also on other machines; null without a listener. */
  get programUrl(): string | null {
    return this.#port === null ? null : this.#place(undefined, '').url
  }

  /** The base address for a device, or for nobody in particular; null without a listener. Who cannot reach it is told to the user once. */
  placeFor(deviceId: number | null): DownloadPlace | null {
    if (this.#port === null)
      return null
    const client = deviceId === null ? undefined : this.#context.clientOf(deviceId)
    const place = this.#place(client, this.#context.settings.get('ota.downloadHost'))
    if (place.isUnreachable && deviceId !== null && client !== undefined)
      this.#warn(deviceId, client, place.url)
    return place
  }

  /**
   * What a simulated device without a socket gets that asks for the file at an address from a byte on: the same that the listener
   * would send. Undefined when it was not sent to that address from here.
   */
  answer(url: string, from: number): Promise<DeviceHttpAnswer> | undefined {
    const base = this.#place(withoutSocket, this.#context.settings.get('ota.downloadHost')).url
    const address = url.startsWith(`${base}/`) ? url.slice(base.length) : ''
    const pathname = address.split('?', 1)[0]!
    const route = this.#routes.find(({ prefix }) => pathname.startsWith(prefix))
    if (route === undefined)
      return undefined
    const request = new IncomingMessage(new Socket())
    request.method = 'GET'
    request.url = address
    request.headers = from > 0 ? { range: `bytes=${from}-` } : {}
    return (async () => route.respond(request, pathname))()
  }

  async close(): Promise<void> {
    await this.#ports.close()
    await this.#listener?.close()
    this.#listener = undefined
  }

  get #port(): number | null {
    if (this.#listener === undefined)
      return null
    const { port, protocol } = new URL(this.#listener.url)
    return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
  }

  #place(client: DownloadClient | undefined, chosenHost: string): DownloadPlace {
    const { settings, host } = this.#context
    return choosePlace({
      client,
      chosenHost,
      listener: { host, port: this.#port ?? 0 },
      isAtHome: scheme => this.#ports.isAtHome(scheme),
      httpForTls: settings.get('ota.httpForTls'),
    })
  }

  #warn(deviceId: number, { remoteAddress }: DownloadClient, url: string): void {
    const device = this.#context.deviceOf(deviceId)
    const isNew = this.#unreachable === null
    this.#unreachable = { productKey: device?.productKey ?? '', deviceName: device?.deviceName ?? '', url, from: remoteAddress }
    if (isNew)
      this.#context.notices.add('warning', 'download-unreachable', `Device ${device?.deviceName ?? deviceId} connects from ${remoteAddress} and cannot download from ${url}, which only this machine can reach. Choose an address for downloads in the settings, or let boards on this network in.`)
  }

  async #status(): Promise<DownloadStatus> {
    const ports = await this.#ports.state()
    const addresses = ownAddresses()
    const { host, settings } = this.#context
    const port = this.#port
    const chosen = settings.get('ota.downloadHost')
    return {
      listener: port === null ? null : { host, port },
      addresses,
      url: this.placeFor(null)?.url ?? null,
      isChosen: chosen !== '',
      problem: port === null ? null : problemOf(chosen || boardAddress(host), host, addresses.map(({ address }) => address)),
      unreachable: this.#unreachable,
      ports,
    }
  }
}

/** IPv4 and lasting IPv6 addresses of this machine with the names of their networks, loopback last. */
function ownAddresses(): DownloadStatus['addresses'] {
  const all = Object.entries(networkInterfaces()).flatMap(([network, addresses]) => (addresses ?? [])
    // A link-local address is good for nothing without the name of the network, which an address on the web cannot carry.
    .filter(({ address }) => !address.toLowerCase().startsWith('fe80:'))
    .map(({ address }) => ({ address, network })))
  return all.sort((a, b) => Number(isLoopback(a.address)) - Number(isLoopback(b.address)))
}
