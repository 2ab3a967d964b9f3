/** The name of a member on the wire: bare in the default module, `{block}:{identifier}` in a custom one (Alink 4.3). */
export function wireName(identifier: string, functionBlockId?: string): string {
  return functionBlockId === undefined ? identifier : `${functionBlockId}:${identifier}`
}

/** The Alink method of an event report: `thing.event.Overheat.post`, `thing.event.pump:Leak.post`. */
export function eventMethod(identifier: string, functionBlockId?: string): string {
  return `thing.event.${wireName(identifier, functionBlockId)}.post`
}

/** The Alink method of a service call: `thing.service.Blink`. */
export function serviceMethod(identifier: string, functionBlockId?: string): string {
  return `thing.service.${wireName(identifier, functionBlockId)}`
}
