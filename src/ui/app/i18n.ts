import type { Locale } from '../kit/format.ts'
import { createI18n } from 'vue-i18n'
import { messages } from './all-messages.ts'

/** The page's words; `locale` follows the preferences. */
export function createWords(locale: Locale) {
  return createI18n({ legacy: false, locale, fallbackLocale: 'en', messages, missingWarn: false, fallbackWarn: false })
}
