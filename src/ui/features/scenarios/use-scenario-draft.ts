import type { ComputedRef, Ref, ShallowRef } from 'vue'
import type { ScenarioChecked, ScenarioPlace, ScenarioText } from '../../../shared/contract/scenario.ts'
import type { ErrorValue } from '../../../shared/errors.ts'
import { watchDebounced } from '@vueuse/core'
import { computed, ref, shallowRef, watch } from 'vue'
import { toErrorValue } from '../../../shared/errors.ts'
import { useApi } from '../../session/connection.ts'

/** How long nothing is typed before the text is checked. */
const pauseMs = 250

export interface ScenarioDraft {
  /** The file as it was read or saved last; null until it is. */
  file: ShallowRef<ScenarioText | null>
  /** What is in the editor, lines ended by a line feed. */
  text: Ref<string>
  isChanged: ComputedRef<boolean>
  checked: ShallowRef<ScenarioChecked | null>
  /** The check does not belong to the text any more. */
  isChecking: Ref<boolean>
  error: ShallowRef<ErrorValue | null>
  /** What somebody else has made of the file; its text is null when it is gone. */
  conflict: ShallowRef<{ text: string | null, revision: string | null } | null>
  open: (place: ScenarioPlace, name: string) => Promise<void>
  /** Whether it is saved. */
  save: () => Promise<boolean>
  takeTheirs: () => Promise<void>
  keepMine: () => Promise<boolean>
  /** Shows a file that has just been written. */
  show: (file: ScenarioText) => void
  /** The text as it would be saved. */
  whole: () => string
}

/** A scenario that is being written: read, checked while it is typed, saved without harm to what others have written. */
export function useScenarioDraft(): ScenarioDraft {
  const api = useApi()
  const file = shallowRef<ScenarioText | null>(null)
  const text = ref('')
  const checked = shallowRef<ScenarioChecked | null>(null)
  const isChecking = ref(false)
  const error = shallowRef<ErrorValue | null>(null)
  const conflict = shallowRef<ScenarioDraft['conflict']['value']>(null)
  // The editor knows one end of lines; a file keeps its own.
  const lineEnd = computed(() => /\r\n/.test(file.value?.text ?? '') ? '\r\n' : '\n')
  const isChanged = computed(() => file.value !== null && text.value !== toLineFeeds(file.value.text))
  let wanted = ''
  let checks = 0

  function whole(): string {
    return file.value !== null && !isChanged.value ? file.value.text : text.value.replaceAll('\n', lineEnd.value)
  }

  function show(next: ScenarioText): void {
    const isSame = file.value?.place === next.place && file.value.name === next.name
    file.value = next
    conflict.value = null
    error.value = null
    text.value = toLineFeeds(next.text)
    if (!isSame)
      checked.value = null
    void check()
  }

  async function open(place: ScenarioPlace, name: string): Promise<void> {
    const key = wanted = `${place}/${name}`
    try {
      const next = await api.call('scenario.read', { place, name })
      if (wanted === key)
        show(next)
    }
    catch (thrown) {
      if (wanted !== key)
        return
      file.value = null
      text.value = ''
      checked.value = null
      error.value = toErrorValue(thrown)
    }
  }

  async function write(name: string, revision: string | null): Promise<boolean> {
    const saved = text.value
    error.value = null
    try {
      const next = await api.call('scenario.save', { name, text: whole(), revision })
      // What was typed meanwhile stays.
      const later = text.value
      file.value = next
      conflict.value = null
      return later === saved
    }
    catch (thrown) {
      const value = toErrorValue(thrown)
      if (value.code === 'scenario/changed')
        conflict.value = { text: typeof value.details.text === 'string' ? value.details.text : null, revision: typeof value.details.revision === 'string' ? value.details.revision : null }
      else
        error.value = value
      return false
    }
  }

  async function check(): Promise<void> {
    const turn = ++checks
    const place = file.value?.place ?? 'own'
    isChecking.value = true
    try {
      const answer = await api.call('scenario.check', { text: text.value, place })
      if (turn === checks)
        checked.value = answer
    }
    catch (thrown) {
      if (turn === checks && toErrorValue(thrown).code !== 'connection/lost')
        error.value = toErrorValue(thrown)
    }
    if (turn === checks)
      isChecking.value = false
  }
  watch(text, () => isChecking.value = true)
  watchDebounced(text, () => void check(), { debounce: pauseMs })

  return {
    file,
    text,
    isChanged,
    checked,
    isChecking,
    error,
    conflict,
    open,
    show,
    whole,
    save: async () => file.value !== null && await write(file.value.name, file.value.revision),
    keepMine: async () => file.value !== null && conflict.value !== null && await write(file.value.name, conflict.value.revision),
    takeTheirs: async () => {
      if (file.value !== null)
        await open('own', file.value.name)
    },
  }
}

function toLineFeeds(text: string): string {
  return text.replaceAll('\r\n', '\n')
}
