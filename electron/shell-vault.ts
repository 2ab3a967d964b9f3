import type { Vault } from '../src/engine/fleet/target/types.ts'

/** What the engine process asks main about the system's vault, and what main answers; a failure is a sentence. */
export type VaultAsk = { t: 'vault', id: number } & ({ ask: 'isThere' } | { ask: 'seal' | 'unseal', text: string })
export type VaultAnswer = { t: 'vault-answered', id: number } & ({ ok: true, text: string } | { ok: false, problem: string })

/** The engine process's side of the vault, which the system gives to main only. */
export interface ShellVault {
  vault: Vault
  answered: (answer: VaultAnswer) => void
}

/** Asks main to seal and unseal. */
export function createShellVault(post: (ask: VaultAsk) => void): ShellVault {
  const waiting = new Map<number, PromiseWithResolvers<string>>()
  let lastId = 0

  function asked(ask: { ask: 'isThere' } | { ask: 'seal' | 'unseal', text: string }): Promise<string> {
    const id = ++lastId
    const answer = Promise.withResolvers<string>()
    waiting.set(id, answer)
    post({ t: 'vault', id, ...ask })
    return answer.promise
  }

  return {
    vault: {
      isThere: async () => await asked({ ask: 'isThere' }) === 'yes',
      seal: text => asked({ ask: 'seal', text }),
      unseal: text => asked({ ask: 'unseal', text }),
    },
    answered(answer) {
      const asker = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (answer.ok)
        asker?.resolve(answer.text)
      else
        asker?.reject(new Error(answer.problem))
    },
  }
}
