import type { Component, InjectionKey } from 'vue'

/** What shows a code of the platform and explains it, given `code` and `said`; the page provides it, because its words are not the kit's. */
export const codeMarkKey: InjectionKey<Component> = Symbol('code mark')
