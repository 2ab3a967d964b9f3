import type { DebugAction } from '../../../shared/contract/debug-action.ts'
import type { Store } from '../../store/types.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { deleteDebugAction, deleteDebugActions, selectDebugActions, upsertDebugAction } from './rows.ts'

/** The saved actions of all products, in their order; changes are written before the caller is answered. */
export class DebugActions {
  readonly #store: Pick<Store, 'write'>
  readonly #byProduct = new Map<string, DebugAction[]>()
  #lastId = 0

  private constructor(store: Pick<Store, 'write'>) {
    this.#store = store
  }

  static async open(store: Pick<Store, 'read' | 'write'>): Promise<DebugActions> {
    const actions = new DebugActions(store)
    for (const action of await store.read(selectDebugActions, [])) {
      actions.#lastId = Math.max(actions.#lastId, action.actionId)
      actions.#byProduct.set(action.productKey, [...actions.of(action.productKey), action])
    }
    return actions
  }

  /** In their order. */
  of(productKey: string): readonly DebugAction[] {
    return this.#byProduct.get(productKey) ?? []
  }

  /** By id or by name; AppError debug-action/not-found. */
  get(productKey: string, wanted: number | string): DebugAction {
    const found = this.of(productKey).find(({ actionId, name }) => wanted === actionId || wanted === name)
    if (found === undefined) {
      const names = this.of(productKey).map(({ name }) => name)
      throw new AppError('debug-action/not-found', `Product ${productKey} has no saved action ${typeof wanted === 'number' ? `with id ${wanted}` : `named ${JSON.stringify(wanted)}`}; ${names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`}.`, { productKey, action: wanted })
    }
    return found
  }

  /** Makes or changes an action. Throws AppError debug-action/exists, debug-action/not-found or limit/reached. */
  async save(productKey: string, wish: Pick<DebugAction, 'name' | 'content'> & { actionId?: number | undefined, position?: number | undefined }): Promise<DebugAction> {
    const { actionId, name, content, position } = wish
    const present = this.of(productKey)
    const known = actionId === undefined ? undefined : this.get(productKey, actionId)
    if (present.some(other => other.name === name && other !== known))
      throw new AppError('debug-action/exists', `Product ${productKey} already has a saved action named ${JSON.stringify(name)}.`, { productKey, name })
    if (known === undefined && present.length >= limits.debugActionsPerProductMax)
      throw new AppError('limit/reached', `A product has at most ${limits.debugActionsPerProductMax} saved actions; delete some first.`, { productKey, limit: limits.debugActionsPerProductMax })
    const action: DebugAction = { actionId: known?.actionId ?? ++this.#lastId, productKey, name, content }
    const others = present.filter(other => other !== known)
    const place = Math.min(position ?? (known ? present.indexOf(known) : others.length), others.length)
    await this.#keep(productKey, [...others.slice(0, place), action, ...others.slice(place)])
    return action
  }

  async delete(productKey: string, actionId: number): Promise<{ action: DebugAction, position: number }> {
    const action = this.get(productKey, actionId)
    const position = this.of(productKey).indexOf(action)
    this.#byProduct.set(productKey, this.of(productKey).filter(other => other !== action))
    await this.#store.write([{ statement: deleteDebugAction, params: [actionId] }])
    return { action, position }
  }

  /** Those that are named come first, in that order. */
  async order(productKey: string, actionIds: readonly number[]): Promise<void> {
    const first = [...new Set(actionIds)].map(actionId => this.get(productKey, actionId))
    await this.#keep(productKey, [...first, ...this.of(productKey).filter(action => !first.includes(action))])
  }

  /** Lets go of a deleted product. */
  async forget(productKey: string): Promise<void> {
    this.#byProduct.delete(productKey)
    await this.#store.write([{ statement: deleteDebugActions, params: [productKey] }])
  }

  async #keep(productKey: string, actions: DebugAction[]): Promise<void> {
    this.#byProduct.set(productKey, actions)
    await this.#store.write(actions.map(({ actionId, name, content }, position) => ({ statement: upsertDebugAction, params: [actionId, productKey, position, name, JSON.stringify(content)] })))
  }
}
