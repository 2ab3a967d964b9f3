/** Label of a tick on a time axis: as fine as the distance between ticks asks for, in local time. */
export function tickText(at: number, stepMs: number): string {
  const date = new Date(at)
  const two = (part: number): string => String(part).padStart(2, '0')
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`
  if (stepMs >= 86_400_000)
    return `${two(date.getMonth() + 1)}-${two(date.getDate())}`
  if (stepMs >= 6 * 3_600_000 || (stepMs >= 3_600_000 && date.getHours() === 0))
    return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`
  if (stepMs >= 60_000)
    return clock
  if (stepMs >= 1_000)
    return `${clock}:${two(date.getSeconds())}`
  return `${clock}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
