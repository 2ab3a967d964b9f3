type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }

/** The members that have a value: a change names others with undefined, which is not to overwrite anything. */
export function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>
}
