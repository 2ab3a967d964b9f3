/** What a script begins as: up to 100 and back, a little uneven. Its lines are short, because it stands in a narrow pane. */
export const scriptExample = `function value({ previous, random, state }) {
  const last = previous ?? 0
  if (last <= 0)
    state.step = 1
  if (last >= 100)
    state.step = -1
  return last + state.step * random()
}
`
