/** The system's vault, if the host has one: text is sealed with a key that the system keeps for this user. */
export interface Vault {
  /** False where the system keeps no key, as on a machine without a desktop. */
  isThere: () => Promise<boolean>
  seal: (text: string) => Promise<string>
  /** Rejects for what another user or machine has sealed. */
  unseal: (sealed: string) => Promise<string>
}
