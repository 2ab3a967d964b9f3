/**
 * What runs in the sandbox of scripts that give values, before any of them. It evaluates to a function that is given the
 * host's source of random numbers and returns `[invoke, describe, find]`. Afterwards all that scripts share is frozen, so none
 * can leave anything behind for another device; what differs from run to run is taken away.
 *
 * Work that one step of a script can do without the engine counting it (searching, sorting, repeating) is counted here.
 *
 * `find(make)` says whether a script defines `value`. `invoke(make, given)` returns a letter and a text: `v` with the JSON of
 * the value, a line break and the JSON of the state; `n` with the state alone; `e` and the JSON of what was thrown.
 */
export const valuePrelude = String.raw`draw => {
  'use strict'
  const { parse, stringify } = JSON
  const { apply, ownKeys } = Reflect
  const { freeze, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object
  const { isFinite: isFiniteNumber } = Number
  const { isArray } = Array
  const Text = String, Thrown = Error, Later = Promise, Pattern = RegExp, Known = Set, Odd = TypeError, TooMuch = RangeError
  const workMax = 1e6
  let work = 0

  const charge = amount => {
    work += amount
    if (!(work <= workMax))
      throw new TooMuch('too much work for one value')
  }
  const count = (owner, names, cost) => {
    for (const name of names) {
      const native = owner[name]
      if (typeof native !== 'function')
        continue
      const counted = { [name](...args) {
        charge(cost(this, args))
        return apply(native, this, args)
      } }[name]
      defineProperty(owner, name, { value: counted, writable: true, configurable: true, enumerable: false })
    }
  }
  const lengthOf = target => target === null || target === undefined ? 0 : typeof target === 'string' ? target.length : target.length >>> 0
  const lists = [Array.prototype, getPrototypeOf(Uint8Array.prototype)]
  for (const list of lists) {
    count(list, ['indexOf', 'lastIndexOf', 'includes', 'slice', 'concat', 'fill', 'reverse', 'toReversed', 'copyWithin', 'shift', 'unshift', 'splice', 'toSpliced', 'with', 'set', 'subarray', 'flat'], lengthOf)
    count(list, ['sort', 'toSorted', 'join', 'toString'], target => 20 * lengthOf(target))
  }
  const text = Text.prototype
  count(text, ['slice', 'substring', 'substr', 'concat', 'trim', 'trimStart', 'trimEnd', 'toUpperCase', 'toLowerCase', 'normalize', 'localeCompare', 'startsWith', 'endsWith', 'match', 'matchAll', 'search'], lengthOf)
  count(text, ['indexOf', 'lastIndexOf', 'includes', 'split', 'replace', 'replaceAll'], (target, [sought]) => lengthOf(target) * (sought instanceof Pattern ? 1 : 1 + Text(sought).length))
  count(text, ['repeat', 'padStart', 'padEnd'], (target, [times]) => (1 + lengthOf(target)) * (times >>> 0))
  count(Object, ['keys', 'values', 'entries', 'assign', 'freeze', 'fromEntries'], (_, [given]) => 10 + (isArray(given) ? given.length : 0))
  count(Array, ['from'], (_, [given]) => lengthOf(given))
  count(JSON, ['parse'], (_, [given]) => lengthOf(given))
  JSON.stringify = (...args) => {
    const written = apply(stringify, JSON, args)
    charge(10 + lengthOf(written))
    return written
  }
  const sizeOf = target => target.size
  for (const [owner, cost] of [...lists, text].map(owner => [owner, lengthOf]).concat([[Set.prototype, sizeOf], [Map.prototype, sizeOf]]))
    count(owner, ['values', 'keys', 'entries', Symbol.iterator], cost)

  const takeAway = (name, instead) => {
    const fail = () => { throw new Odd(name + ' is taken away, so that a run can be repeated: ' + instead) }
    globalThis[name] = new Proxy(function () {}, { apply: fail, construct: fail, get: fail })
  }
  takeAway('Date', 't is the seconds of the device')
  Math.random = () => { throw new Odd('Math.random is taken away, so that a run can be repeated: use random()') }
  // What compiles a text in the middle of a run can nest deeper than the engine bears.
  for (const made of [function () {}, function* () {}, async () => {}, async function* () {}])
    defineProperty(getPrototypeOf(made), 'constructor', { value: undefined })
  delete globalThis.eval
  // One step with huge numbers can take seconds, which nothing would interrupt.
  for (const name of ['BigInt', 'BigInt64Array', 'BigUint64Array'])
    delete globalThis[name]
  for (const name of ['getBigInt64', 'getBigUint64'])
    delete DataView.prototype[name]
  delete globalThis.Function
  delete globalThis.WeakRef
  delete globalThis.FinalizationRegistry

  const describe = thrown => {
    try {
      if (thrown instanceof Thrown)
        return stringify({ name: Text(thrown.name), message: Text(thrown.message), stack: Text(thrown.stack) })
      return stringify({ name: '', message: typeof thrown === 'string' ? thrown : stringify(thrown) ?? Text(thrown), stack: '' })
    }
    catch {
      return '{"name":"","message":"something that cannot be written as text","stack":""}'
    }
  }

  const random = freeze(() => draw())
  const find = (make) => {
    work = 0
    try {
      return typeof make() === 'function' ? 'v' : 'n'
    }
    catch (thrown) {
      return 'e' + describe(thrown)
    }
  }
  const invoke = (make, given) => {
    work = 0
    try {
      const [about, state] = parse(given)
      about.random = random
      about.state = state
      const value = make()(about)
      if (value instanceof Later)
        throw new Odd('value gave a promise: it has to give the value itself')
      if (typeof value === 'number' && !isFiniteNumber(value))
        throw new Odd('value gave ' + value)
      const next = about.state === null || typeof about.state !== 'object' || isArray(about.state) ? '{}' : stringify(about.state)
      const written = value === undefined || value === null ? undefined : stringify(value)
      return written === undefined ? 'n' + next : 'v' + written + '\n' + next
    }
    catch (thrown) {
      return 'e' + describe(thrown)
    }
  }

  const seen = new Known()
  const freezeAll = (target) => {
    if ((typeof target !== 'object' && typeof target !== 'function') || target === null || seen.has(target))
      return
    seen.add(target)
    for (const key of ownKeys(target)) {
      const { value, get, set } = getOwnPropertyDescriptor(target, key)
      freezeAll(value)
      freezeAll(get)
      freezeAll(set)
    }
    freezeAll(getPrototypeOf(target))
    freeze(target)
  }
  for (const hidden of [function* () {}, async () => {}, async function* () {}, [][Symbol.iterator](), new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), ''[Symbol.iterator](), ''.matchAll(/a/g), globalThis])
    freezeAll(hidden)
  return [invoke, describe, find]
}`
