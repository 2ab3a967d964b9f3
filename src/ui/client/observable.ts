/** A value that changes and says so; knows nothing of Vue. */
export interface Observable<T> {
  readonly value: T
  /** Calls back after every change; returns how to stop that. */
  subscribe: (listener: (value: T) => void) => () => void
}

/** An observable and the way to change it, for the one who owns it. */
export interface ObservableSource<T> extends Observable<T> { set: (value: T) => void }

/** Makes an observable; setting the value it has tells nobody. */
export function createObservable<T>(initial: T): ObservableSource<T> {
  const listeners = new Set<(value: T) => void>()
  let value = initial
  return {
    get value() {
      return value
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    set(next) {
      if (Object.is(next, value))
        return
      value = next
      listeners.forEach(listener => listener(next))
    },
  }
}
