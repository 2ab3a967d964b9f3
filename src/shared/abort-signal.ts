// The pure layer has neither the DOM's nor Node's types; this is the part of AbortSignal that both agree on. It merges with the full one elsewhere.
declare global {
  interface AbortSignal {
    readonly aborted: boolean
    addEventListener: (type: 'abort', listener: () => void) => void
    removeEventListener: (type: 'abort', listener: () => void) => void
  }
}

export {}
