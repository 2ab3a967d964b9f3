/** The same tree of keys with any texts in it. */
export type SameKeys<T> = { [K in keyof T]: T[K] extends string ? string : SameKeys<T[K]> }

export interface Messages<T> { en: T, zh: SameKeys<T> }

/** Words of one part of the page in both languages; a key that one of them lacks is a type error. */
export function defineMessages<T extends object>(messages: { en: T, zh: SameKeys<NoInfer<T>> }): Messages<T> {
  return messages
}
