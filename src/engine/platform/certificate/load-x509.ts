import { webcrypto } from 'node:crypto'

type Metadata = Map<unknown, unknown>

/**
 * The certificate library, loaded when the first certificate is made. Its dependency injection (tsyringe) asks for three
 * functions of the reflect-metadata proposal and refuses to load without them, so they are put in place first.
 */
export async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  provideMetadata(Reflect as unknown as Record<string, unknown>)
  const x509 = await import('@peculiar/x509')
  x509.cryptoProvider.set(webcrypto as never)
  return x509
}

function provideMetadata(reflect: Record<string, unknown>): void {
  if ('getMetadata' in reflect)
    return
  const kept = new WeakMap<object, Metadata>()
  const own = (key: unknown, target: object): unknown => kept.get(target)?.get(key)
  Object.assign(reflect, {
    getOwnMetadata: own,
    getMetadata(key: unknown, target: object): unknown {
      for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
        if (kept.get(at)?.has(key))
          return own(key, at)
      }
      return undefined
    },
    defineMetadata(key: unknown, value: unknown, target: object) {
      const metadata = kept.get(target) ?? new Map<unknown, unknown>()
      kept.set(target, metadata.set(key, value))
    },
  })
}
