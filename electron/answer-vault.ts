import type { ElectronApi } from './electron-api.ts'
import type { VaultAnswer, VaultAsk } from './shell-vault.ts'
import { Buffer } from 'node:buffer'

/** Main's side of the vault: seals and unseals with the key that the system keeps for this user. */
export function answerVault({ safeStorage }: Pick<ElectronApi, 'safeStorage'>, ask: VaultAsk, platform: NodeJS.Platform): VaultAnswer {
  const { id } = ask
  try {
    if (ask.ask === 'isThere')
      return { t: 'vault-answered', id, ok: true, text: isThere(safeStorage, platform) ? 'yes' : 'no' }
    const text = ask.ask === 'seal' ? safeStorage.encryptString(ask.text).toString('base64') : safeStorage.decryptString(Buffer.from(ask.text, 'base64'))
    return { t: 'vault-answered', id, ok: true, text }
  }
  catch (error) {
    return { t: 'vault-answered', id, ok: false, problem: error instanceof Error ? error.message : String(error) }
  }
}

/** On a Linux desktop without a keyring, Electron's key is the same for everybody, which is none. */
function isThere(safeStorage: ElectronApi['safeStorage'], platform: NodeJS.Platform): boolean {
  return safeStorage.isEncryptionAvailable() && (platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text')
}
