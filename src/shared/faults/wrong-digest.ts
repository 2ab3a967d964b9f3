/** Another digest of the same form: its first digit is the next one. */
export function wrongDigest(digest: string): string {
  return ((Number.parseInt(digest[0]!, 16) + 1) % 16).toString(16) + digest.slice(1)
}
