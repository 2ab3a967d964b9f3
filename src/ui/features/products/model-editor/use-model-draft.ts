import type { ComputedRef, Ref, ShallowRef } from 'vue'
import type { ModelDraft, PublishResult } from '../../../../shared/contract/model.ts'
import type { ErrorValue } from '../../../../shared/errors.ts'
import type { ThingModel } from '../../../../shared/thing-model/types.ts'
import type { Modules } from './draft-modules.ts'
import { useTimeoutFn } from '@vueuse/core'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { toErrorValue } from '../../../../shared/errors.ts'
import { exportThingModel } from '../../../../shared/thing-model/export.ts'
import { byModule } from '../../../../shared/thing-model/parse-documents.ts'
import { parseThingModel } from '../../../../shared/thing-model/parse.ts'
import { useApi } from '../../../session/connection.ts'
import { useQuery } from '../../../session/use-query.ts'
import { emptyModule, idOf } from './draft-modules.ts'

export type SaveState = 'idle' | 'waiting' | 'saving' | 'failed' | 'conflict'

export interface ModelDraftEditor {
  /** As the engine last told it. */
  draft: ShallowRef<ModelDraft | null>
  /** What is being edited: always with a default module. */
  modules: ShallowRef<Modules>
  /** Documents of the stored draft that are no thing model: they are kept as they are until they have been put right. */
  broken: ShallowRef<readonly string[]>
  state: Ref<SaveState>
  error: ShallowRef<ErrorValue | null>
  canUndo: ComputedRef<boolean>
  change: (next: Modules) => void
  /** Puts a readable document in the place of the first broken one. */
  mend: (document: ThingModel) => void
  undo: () => void
  /** Saves what is not saved yet; resolves when that is done or has failed. */
  flush: () => Promise<void>
  /** Reads the draft again, whatever is on the page. */
  reload: () => Promise<void>
  /** Resolves with what the draft was. */
  discard: () => Promise<readonly string[]>
  /** Resolves with the draft that was replaced; null when there was none. */
  restore: (version: string, replaceDraft: boolean) => Promise<readonly string[] | null>
  /** Makes a draft that was here before the draft again, in the place of what is there now. */
  putDraft: (documents: readonly string[]) => Promise<void>
  publish: (version: string, description: string) => Promise<PublishResult>
}

const saveAfterMs = 800
const undoMax = 100

/** The draft of a product's thing model: what is changed is saved by itself, and each change can be taken back. */
export function useModelDraft(productKey: () => string): ModelDraftEditor {
  const api = useApi()
  const query = useQuery(signal => api.call('model.draft', { productKey: productKey() }, { signal }), [productKey])
  const draft = shallowRef<ModelDraft | null>(null)
  const modules = shallowRef<Modules>([emptyModule])
  const broken = shallowRef<readonly string[]>([])
  const state = ref<SaveState>('idle')
  const error = shallowRef<ErrorValue | null>(null)
  const history = shallowRef<readonly Modules[]>([])
  let edits = 0
  let savedEdits = 0
  let running: Promise<void> | null = null

  function take(answer: ModelDraft): void {
    draft.value = answer
    error.value = null
  }

  /** Shows a draft that came from elsewhere. */
  function show(answer: ModelDraft): void {
    take(answer)
    const read = readDocuments(answer.documents)
    broken.value = read.broken
    // Without a broken document the default module is there to be edited, be it empty.
    modules.value = read.broken.length > 0 || read.modules.some(module => idOf(module) === '') ? read.modules : [emptyModule, ...read.modules]
    history.value = []
    savedEdits = edits
    state.value = 'idle'
  }

  async function save(key: string): Promise<void> {
    while (savedEdits !== edits && key === productKey()) {
      const sent = edits
      state.value = 'saving'
      try {
        const documents = [...modules.value.map(module => exportThingModel(module, { productKey: key })), ...broken.value]
        take(await api.call('model.saveDraft', { productKey: key, documents, expectedSavedAt: draft.value?.savedAt ?? null }))
        savedEdits = sent
        state.value = 'idle'
      }
      catch (thrown) {
        error.value = toErrorValue(thrown)
        state.value = error.value.code === 'model/draft-changed' ? 'conflict' : 'failed'
        return
      }
    }
  }

  const timer = useTimeoutFn(() => void flush(), saveAfterMs, { immediate: false })

  function flush(): Promise<void> {
    timer.stop()
    return running ??= save(productKey()).finally(() => { running = null })
  }

  function put(next: Modules): void {
    modules.value = next
    edits++
    if (state.value !== 'conflict') {
      state.value = 'waiting'
      timer.start()
    }
  }

  watch(query.data, (answer) => {
    // An answer after a reconnection must not replace what is not saved yet.
    if (answer && (savedEdits === edits || draft.value === null))
      show(answer)
  })
  watch(query.error, (value) => { error.value = value ?? error.value })
  watch(productKey, () => { draft.value = null })
  onScopeDispose(() => {
    if (savedEdits !== edits && state.value !== 'conflict')
      void flush()
  })

  return {
    draft,
    modules,
    broken,
    state,
    error,
    canUndo: computed(() => history.value.length > 0),
    change(next) {
      history.value = [...history.value, modules.value].slice(-undoMax)
      put(next)
    },
    mend(document) {
      broken.value = broken.value.slice(1)
      put([...modules.value, document].sort(byModule))
    },
    undo() {
      const before = history.value.at(-1)
      if (before === undefined)
        return
      history.value = history.value.slice(0, -1)
      put(before)
    },
    flush,
    async reload() {
      savedEdits = edits
      show(await api.call('model.draft', { productKey: productKey() }))
    },
    async discard() {
      await flush()
      const { documents } = await api.call('model.draft', { productKey: productKey() })
      show(await api.call('model.discardDraft', { productKey: productKey() }))
      return documents
    },
    async restore(version, replaceDraft) {
      await flush()
      const { documents, savedAt } = await api.call('model.draft', { productKey: productKey() })
      show(await api.call('model.restore', { productKey: productKey(), version, replaceDraft }))
      return savedAt === null ? null : documents
    },
    async putDraft(documents) {
      await flush()
      show(await api.call('model.saveDraft', { productKey: productKey(), documents: [...documents], expectedSavedAt: draft.value?.savedAt ?? null }))
    },
    async publish(version, description) {
      await flush()
      const published = await api.call('model.publish', { productKey: productKey(), description, ...(version !== '' && { version }) })
      show(await api.call('model.draft', { productKey: productKey() }))
      return published
    },
  }
}

/** What can be edited, and what has to be put right first: no model, or a second one of the same module. */
function readDocuments(texts: readonly string[]): { modules: Modules, broken: readonly string[] } {
  const modules: ThingModel[] = []
  const broken: string[] = []
  for (const text of texts) {
    const { model } = parseThingModel(text)
    if (model === undefined || modules.some(module => idOf(module) === idOf(model)))
      broken.push(text)
    else
      modules.push(model)
  }
  return { modules: modules.sort(byModule), broken }
}
