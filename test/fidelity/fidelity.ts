/**
 * How close a call comes to the cloud's: `exact` as far as is known from the cloud's manuals, its SDKs and recordings of its
 * devices; `partial` with a difference that a device can notice; `absent` when nothing answers it; `beyond` for what the cloud does
 * not do at all.
 */
export type Fidelity = 'exact' | 'partial' | 'absent' | 'beyond'

/** Tests of one file, by their titles: `['integration/property-post', 'answers …']` for `test/integration/property-post.test.ts`. */
export type Proof = readonly [file: string, ...titles: string[]]

/** One thing that a device can do, or that the platform does to it. */
export interface Call {
  /** What it is for, in a few words. */
  does: string
  fidelity: Fidelity
  /** The difference, in a sentence; for an absent call, what happens instead of an answer, where that is not simply nothing. */
  differs: string
  proofs: readonly Proof[]
}

/** A rule that belongs to no topic of its own: a way to connect, a limit, an order of things. */
export interface Rule extends Call { name: string }

/** Answers and behaves as the cloud does; the proofs show it. */
export function exact(does: string, ...proofs: [Proof, ...Proof[]]): Call {
  return { does, fidelity: 'exact', differs: '', proofs }
}

/** Works, with a difference that `differs` tells in a sentence. */
export function partial(does: string, differs: string, ...proofs: [Proof, ...Proof[]]): Call {
  return { does, fidelity: 'partial', differs, proofs }
}

/** Is there although the cloud has nothing like it; the proofs show it. */
export function beyond(does: string, ...proofs: [Proof, ...Proof[]]): Call {
  return { does, fidelity: 'beyond', differs: '', proofs }
}

/** Is not there. A message is acknowledged and kept in the trace, and nothing answers it. */
export function absent(does: string, differs = ''): Call {
  return { does, fidelity: 'absent', differs, proofs: [] }
}
