import { z } from 'zod'

// The page's content policy forbids making functions from text, which zod would otherwise try at every object schema.
z.config({ jitless: true })

/** Carries a type through a value, so that one table declares both what is checked and what is promised. */
export interface TypeOf<T> { readonly promised?: T }
/** Stands in the contract for what a call or stream yields; there is nothing in it at run time. */
export function type<T>(): TypeOf<T> {
  return {}
}

export interface MethodDefinition<Input extends z.ZodType = z.ZodType, Output = unknown> {
  /** What the call does, in a sentence; the documentation lists it. */
  about: string
  /** Checked by the engine on every wire before the handler sees it. */
  input: Input
  output: TypeOf<Output>
}

export interface StreamDefinition<Input extends z.ZodType = z.ZodType, Item = unknown> {
  about: string
  input: Input
  item: TypeOf<Item>
  /** The stream has an end and a whole: after a lost connection it fails, where an endless one is subscribed to again. */
  ends?: true
}

/** Declares a call that is answered once. */
export function method<Input extends z.ZodType, Output>(definition: MethodDefinition<Input, Output>): MethodDefinition<Input, Output> {
  return definition
}

/** Declares a subscription that yields items until either side ends it. */
export function stream<Input extends z.ZodType, Item>(definition: StreamDefinition<Input, Item>): StreamDefinition<Input, Item> {
  return definition
}
