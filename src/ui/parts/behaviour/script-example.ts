/** What a script begins as: everything that it gets, and a value that goes up to 100 and back. */
export const scriptExample = `function value({ t, previous, properties, device, random, state }) {
  state.up = (previous ?? 0) >= 100 ? false : (previous ?? 0) <= 0 ? true : state.up
  return (previous ?? 0) + (state.up ? 1 : -1) * (0.5 + random())
}
`
