/** Characters of a text as the platform's rules on names count them: a Chinese one twice. */
export function charCount(text: string): number {
  return Array.from(text).length + (text.match(/\p{Script=Han}/gu)?.length ?? 0)
}
