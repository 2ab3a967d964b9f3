/**
 * What runs inside the sandbox before the user's text. It evaluates to a function that is given the host's log and
 * returns `[invoke, describe]`. It takes what it needs from the globals before a script can change them; a script that
 * changes them nevertheless harms only its own result, which the host reads as text.
 *
 * `invoke(function, argumentsJson, now)` returns a letter and a text: `v` and the JSON of the result, `n` for nothing, `w`
 * and the kind of a result that cannot be written, `e` and the JSON of what was thrown.
 */
export const prelude = String.raw`(log => {
  'use strict'
  const { parse, stringify } = JSON
  const { apply, construct } = Reflect
  const { from, isArray } = Array
  const { isView } = ArrayBuffer
  const Bytes = Uint8Array, View = DataView, Buffer = ArrayBuffer, Text = String, Whole = BigInt
  const starts = Text.prototype.startsWith, slice = Text.prototype.slice
  const mark = '\0'
  let now = 0

  const NativeDate = Date
  const PinnedDate = new Proxy(NativeDate, {
    construct: (target, args, newTarget) => construct(target, args.length === 0 ? [now] : args, newTarget),
    apply: target => new target(now).toString(),
  })
  NativeDate.now = () => now
  NativeDate.prototype.constructor = PinnedDate
  globalThis.Date = PinnedDate

  const revive = (key, value) => typeof value === 'string' && apply(starts, value, [mark]) ? Whole(apply(slice, value, [1])) : value
  const replace = (key, value) => typeof value === 'bigint' ? mark + Text(value) : value
  const write = value => typeof value === 'string' ? value : typeof value === 'object' || typeof value === 'bigint' ? stringify(value, replace) ?? Text(value) : Text(value)

  const describe = thrown => {
    try {
      if (thrown instanceof Error)
        return stringify({ name: Text(thrown.name), message: Text(thrown.message), stack: Text(thrown.stack) })
      return stringify({ name: '', message: write(thrown), stack: '' })
    }
    catch {
      return '{"name":"","message":"something that cannot be written as text","stack":""}'
    }
  }

  const kindOf = value => value === null ? 'null' : isArray(value) ? 'array' : typeof value
  const invoke = (target, args, at) => {
    now = at
    try {
      let value = apply(target, undefined, parse(args, revive))
      if (value === undefined || value === null)
        return 'n'
      if (isView(value) && !(value instanceof View))
        value = from(value)
      else if (value instanceof Buffer)
        value = from(new Bytes(value))
      if (typeof value === 'function' || typeof value === 'symbol')
        return 'w' + kindOf(value)
      let text
      try {
        text = stringify(value, replace)
      }
      catch (thrown) {
        return 'w' + kindOf(value) + ' that cannot be written as JSON (' + (thrown instanceof Error ? thrown.message : write(thrown)) + ')'
      }
      return text === undefined ? 'w' + kindOf(value) : 'v' + text
    }
    catch (thrown) {
      return 'e' + describe(thrown)
    }
  }

  const console = {}
  for (const level of ['log', 'info', 'warn', 'error', 'debug'])
    console[level] = (...parts) => { log(level, parts.map(write).join(' ')) }
  globalThis.console = console
  return [invoke, describe]
})`
