import type { Misbehaviour } from '../../shared/contract/fleet-misbehaviour.ts'
import type { Network } from '../../shared/contract/fleet-network.ts'
import type { Steering } from '../../shared/contract/fleet-steering.ts'
import type { ThingModel } from '../../shared/thing-model/types.ts'
import type { SpokenMessage } from './conversation/speaker.ts'
import type { FleetStart, ProcessStatus } from './messages.ts'
import type { MisconductContext } from './misbehaviour/misconduct.ts'
import type { FleetWorld } from './simulated-fleet.ts'
import { Misconduct } from './misbehaviour/misconduct.ts'
import { StrayLogins } from './misbehaviour/stray-logins.ts'
import { FleetNetwork } from './network/network.ts'

type TroubleContext = Omit<MisconductContext, 'clock' | 'seed' | 'logins'>

/** What goes wrong in a fleet on purpose: the network between devices and broker, and the devices themselves. */
export class Trouble {
  readonly network: FleetNetwork
  readonly #logins: StrayLogins
  readonly #misconduct: Misconduct

  constructor({ broker, version, seed, model, network, misbehaviour }: FleetStart, { clock, dial }: FleetWorld, context: TroubleContext) {
    this.network = new FleetNetwork({ clock, dial, seed, network, nameOf: index => context.devices.at(index).deviceName })
    this.#logins = new StrayLogins({ clock, dial, broker, version })
    this.#misconduct = new Misconduct({ ...context, clock, seed, logins: this.#logins }, model)
    this.#misconduct.update(misbehaviour)
  }

  update({ network, misbehaviour, model }: { network?: Network | null | undefined, misbehaviour?: Misbehaviour[] | undefined, model?: ThingModel | undefined }): void {
    if (network !== undefined)
      this.network.update(network)
    if (misbehaviour !== undefined)
      this.#misconduct.update(misbehaviour)
    if (model !== undefined)
      this.#misconduct.setModel(model)
  }

  steer(index: number, steering: Extract<Steering, { do: 'weather' | 'misbehave' }>): void {
    if (steering.do === 'weather')
      this.network.steer(index, steering.network)
    else
      this.#misconduct.steer(index, steering.kind, steering.times)
  }

  added(): void {
    this.#misconduct.added()
  }

  /** Forgets the devices from `count` on. */
  truncate(count: number): void {
    this.network.truncate(count)
    this.#misconduct.truncate(count)
  }

  tick(now: number): void {
    this.#misconduct.tick(now)
  }

  /** A report as the device's clock dates it. */
  dated<M extends SpokenMessage>(index: number, message: M): M {
    return this.#misconduct.dated(index, message)
  }

  /** The platform has answered something. */
  answered(index: number, text: string, code: number): void {
    this.#misconduct.answered(index, text, code)
  }

  status(deviceCount: number): Pick<ProcessStatus, 'network' | 'misdeeds'> {
    return { network: this.network.counts(deviceCount), misdeeds: this.#misconduct.counts() }
  }

  /** No bad device opens a connection any more; those of the others may still say goodbye. */
  stop(): void {
    this.#logins.close()
  }
}
