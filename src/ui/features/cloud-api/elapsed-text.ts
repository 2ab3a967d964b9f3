/** How long a call took, of which the record keeps whole milliseconds: `38 ms`, `< 1 ms`. */
export function elapsedText(format: { duration: (durationMs: number) => string }, elapsedMs: number): string {
  return elapsedMs === 0 ? `< ${format.duration(1)}` : format.duration(elapsedMs)
}
