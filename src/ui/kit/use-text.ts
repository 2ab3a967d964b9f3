import { useI18n } from 'vue-i18n'

/** The page's words in the language of the moment. Every key used is checked by a test against both languages. */
export function useText() {
  const { t, te } = useI18n({ useScope: 'global' })
  return { t: t as (key: string, named?: Record<string, unknown>, plural?: number) => string, has: (key: string) => te(key) || te(key, 'en') }
}
