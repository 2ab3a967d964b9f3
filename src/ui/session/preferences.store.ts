import type { Locale } from '../kit/format.ts'
import type { ThemeName } from '../kit/tokens.ts'
import { useLocalStorage, usePreferredDark, usePreferredLanguages } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed } from 'vue'

export type ThemeChoice = 'system' | ThemeName
export type LanguageChoice = 'system' | Locale

/** What a person chose for this browser; nothing here reaches the engine. */
export const usePreferences = defineStore('preferences', () => {
  const themeChoice = useLocalStorage<ThemeChoice>('thingbench.theme', 'system')
  const languageChoice = useLocalStorage<LanguageChoice>('thingbench.language', 'system')
  const railWide = useLocalStorage('thingbench.railWide', false)
  const prefersDark = usePreferredDark()
  const languages = usePreferredLanguages()

  const theme = computed<ThemeName>(() => {
    if (themeChoice.value === 'light' || themeChoice.value === 'dark')
      return themeChoice.value
    return prefersDark.value ? 'dark' : 'light'
  })
  const language = computed<Locale>(() => {
    if (languageChoice.value === 'en' || languageChoice.value === 'zh')
      return languageChoice.value
    return languages.value[0]?.toLowerCase().startsWith('zh') ? 'zh' : 'en'
  })
  return { themeChoice, languageChoice, railWide, theme, language }
})
