/** What a device sent, for one line of a terminal: it must not be able to move the reader's cursor or start new lines. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\0-\x1F\x7F-\x9F\u2028\u2029]/g, control => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
