/** A mistake of firmware that is recognised by what came, and named in words (see `explainMistake`). */
export type MistakeKind
  = | 'not-subscribed'
    | 'topic-space' | 'topic-no-slash' | 'topic-placeholder' | 'topic-wildcard' | 'topic-no-sys' | 'topic-swapped' | 'topic-other-device' | 'topic-case' | 'topic-no-user' | 'topic-reply' | 'topic-no-reply' | 'topic-spelling'
    | 'answer-other-id' | 'answer-no-question' | 'answer-number-id' | 'answer-other-topic' | 'answer-late' | 'answer-twice' | 'answer-no-code'
    | 'time-seconds' | 'time-micros' | 'time-nanos' | 'time-unset' | 'time-ahead'
    | 'method-differs' | 'params-text' | 'params-outside' | 'name-case' | 'number-text' | 'bool-literal' | 'trailing-nul' | 'byte-order-mark'
    | 'retained' | 'qos-2'

/** One recognised mistake, as facts that need no language. */
export interface Mistake {
  kind: MistakeKind
  /** Where: the field, the topic or the filter; empty where the kind says it all. */
  path: string
  /** What would have been right: the topic to use, the id that waits, the value in milliseconds. Empty when there is nothing to name. */
  expected: string
  /** What came. */
  got: string
}

/** The words of a kind of mistake, before its facts are put in. */
export interface MistakeWords {
  /** A few words for a mark. */
  short: string
  what: string
  cause: string
  fix: string
}

/** How a mistake is written with the row of its message: as a list, to be short. */
export type PackedMistake = [kind: string, path: string, expected: string, got: string]

/** A message to a device that has not subscribed to its topic; the row of the message says which one. */
export const notSubscribed: Mistake = { kind: 'not-subscribed', path: '', expected: '', got: '' }

/** Adds mistakes to the packed verdict of a message; `detail` is an object as JSON, or null. */
export function packMistakes(detail: string | null, mistakes: readonly Mistake[]): string | null {
  if (mistakes.length === 0)
    return detail
  const packed = JSON.stringify(mistakes.map(({ kind, path, expected, got }): PackedMistake => [kind, path, expected, got]))
  return detail === null || detail === '{}' ? `{"mistakes":${packed}}` : `${detail.slice(0, -1)},"mistakes":${packed}}`
}
