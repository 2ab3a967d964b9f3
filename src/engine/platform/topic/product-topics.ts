import type { BoundStatement, Store } from '../../store/types.ts'
import type { TopicRow } from './rows.ts'
import type { TopicRights } from './rules.ts'
import { defaultTopicCategories } from '../../../shared/alink/topic-category.ts'
import { AppError } from '../../../shared/errors.ts'
import { deleteTopic, deleteTopicsOfProduct, selectTopics, upsertTopic } from './rows.ts'
import { compileRights, describeRefusal } from './rules.ts'

interface Known { rows: TopicRow[], rights: TopicRights | null }

/**
 * The categories of custom topics of all products, in memory because every message on such a topic asks for them. A
 * product gets the default three when it is first asked about, so that those of older workspaces have them too.
 */
export class ProductTopics {
  readonly #store: Pick<Store, 'write' | 'upsert'>
  readonly #now: () => number
  /** Whoever remembers an answer has to ask again. */
  readonly #onChange: () => void
  readonly #byProduct = new Map<string, Known>()
  #lastId = 0

  private constructor(store: Pick<Store, 'write' | 'upsert'>, now: () => number, onChange: () => void) {
    this.#store = store
    this.#now = now
    this.#onChange = onChange
  }

  static async open(store: Pick<Store, 'read' | 'write' | 'upsert'>, now: () => number, onChange: () => void): Promise<ProductTopics> {
    const topics = new ProductTopics(store, now, onChange)
    for (const row of await store.read(selectTopics, [])) {
      topics.#lastId = row.topicId
      const known = topics.#byProduct.get(row.productKey)
      if (known)
        known.rows.push(row)
      else
        topics.#byProduct.set(row.productKey, { rows: [row], rights: null })
    }
    return topics
  }

  #known(productKey: string): Known {
    let known = this.#byProduct.get(productKey)
    if (known === undefined) {
      const rows = defaultTopicCategories.map(({ path, operation }): TopicRow => ({ topicId: ++this.#lastId, productKey, path, operation, description: '', createdAt: this.#now() }))
      this.#byProduct.set(productKey, known = { rows, rights: null })
      for (const row of rows)
        this.#store.upsert(`topic ${row.topicId}`, saving(row))
    }
    return known
  }

  /** The categories of a product, the default ones first. */
  of(productKey: string): readonly TopicRow[] {
    return this.#known(productKey).rows
  }

  /** The category, or AppError topic/not-found. */
  get(topicId: number): TopicRow {
    for (const { rows } of this.#byProduct.values()) {
      const row = rows.find(candidate => candidate.topicId === topicId)
      if (row)
        return row
    }
    throw new AppError('topic/not-found', `There is no topic category ${topicId}.`, { topicId })
  }

  /** Keeps a new or changed category; resolves after the commit. */
  async save(row: Omit<TopicRow, 'topicId' | 'createdAt'> & { topicId?: number }): Promise<TopicRow> {
    const { rows } = this.#known(row.productKey)
    const twin = rows.find(other => other.path === row.path && other.topicId !== row.topicId)
    if (twin)
      throw new AppError('topic/exists', `Product ${row.productKey} already has the topic category user/${row.path} (${twin.operation}).`, { productKey: row.productKey, topicId: twin.topicId })
    const old = row.topicId === undefined ? undefined : this.get(row.topicId)
    const saved: TopicRow = { ...row, topicId: row.topicId ?? ++this.#lastId, createdAt: old?.createdAt ?? this.#now() }
    await this.#store.write([saving(saved)])
    this.#change(row.productKey, current => old === undefined ? [...current, saved] : current.map(other => other.topicId === saved.topicId ? saved : other))
    return saved
  }

  async delete({ topicId, productKey }: TopicRow): Promise<void> {
    await this.#store.write([{ statement: deleteTopic, params: [topicId] }])
    this.#change(productKey, rows => rows.filter(row => row.topicId !== topicId))
  }

  /** A product is deleted; returns what the store has to write. */
  forgetProduct(productKey: string): BoundStatement[] {
    this.#byProduct.delete(productKey)
    this.#onChange()
    return [{ statement: deleteTopicsOfProduct, params: [productKey] }]
  }

  #change(productKey: string, edit: (rows: TopicRow[]) => TopicRow[]): void {
    this.#byProduct.set(productKey, { rows: edit(this.#known(productKey).rows), rights: null })
    this.#onChange()
  }

  /**
   * Why a device may not publish on, or subscribe to, a custom topic or filter of its own (code 9236); null when it may.
   * `path` is what follows `/{productKey}/{deviceName}/user/`.
   */
  refuse(operation: 'PUB' | 'SUB', device: { productKey: string, deviceName: string }, path: string): { code: number, message: string } | null {
    const known = this.#known(device.productKey)
    const rights = known.rights ??= compileRights(known.rows)
    return rights.permits(operation, path)
      ? null
      : { code: 9236, message: describeRefusal(operation, device, path, rights.find(path)) }
  }
}

function saving({ topicId, productKey, path, operation, description, createdAt }: TopicRow): BoundStatement {
  return { statement: upsertTopic, params: [topicId, productKey, path, operation, description, createdAt] }
}

/** Whether the category is one that every product has and that stays. */
export function isDefaultTopic({ path }: { path: string }): boolean {
  return defaultTopicCategories.some(category => category.path === path)
}
