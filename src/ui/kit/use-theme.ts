import type { ComputedRef, InjectionKey, Ref } from 'vue'
import type { ThemeName, Tokens } from './tokens.ts'
import { computed, inject, ref } from 'vue'
import { tokens } from './tokens.ts'

export const themeKey: InjectionKey<Ref<ThemeName>> = Symbol('theme')

/** The theme of the moment and its colours, for widgets that paint on a canvas. */
export function useTheme(): { theme: Ref<ThemeName>, colors: ComputedRef<Tokens> } {
  const theme = inject(themeKey, () => ref<ThemeName>('light'), true)
  return { theme, colors: computed(() => tokens[theme.value]) }
}
