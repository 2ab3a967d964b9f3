import process from 'node:process'

/** How often the parent is looked for, milliseconds. */
const lookMs = 250

/**
 * Stops this process when the one that started it is gone, if that was npm. `npx` and `npm run` put a shell between
 * themselves and us and pass SIGTERM on to that shell only; without this, stopping them would leave a server behind that
 * nobody sees. Without npm nothing happens: a server in the background may outlive its shell.
 */
export function followParentUnderNpm(): void {
  if (process.env.npm_command === undefined)
    return
  const parent = process.ppid
  const look = setInterval(() => {
    if (process.ppid === parent)
      return
    clearInterval(look)
    process.kill(process.pid, 'SIGTERM')
  }, lookMs)
  look.unref()
}
