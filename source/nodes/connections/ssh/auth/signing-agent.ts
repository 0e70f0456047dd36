import ssh2, { type IdentityCallback, type SignCallback, type SigningRequestOptions } from 'ssh2'
import type { Hash } from './agent-messages.ts'
import type { PublicKey } from './public-key.ts'

/** Signs with a private key that is held elsewhere. */
export type Sign = (data: Buffer, hash: Hash | undefined) => Promise<Buffer>

// A class, because ssh2 takes nothing else for an agent.
class OneKey extends ssh2.BaseAgent<Buffer> {
  readonly #key: PublicKey
  readonly #sign: Sign
  constructor(key: PublicKey, sign: Sign) {
    super()
    this.#key = key
    this.#sign = sign
  }

  override getIdentities(callback: IdentityCallback<Buffer>): void {
    callback(null, [this.#key.blob])
  }

  override sign(_: Buffer, data: Buffer, options: SigningRequestOptions | SignCallback, callback?: SignCallback): void {
    const answer = callback ?? (typeof options === 'function' ? options : () => undefined)
    const hash = typeof options === 'function' ? undefined : options.hash
    this.#sign(data, hash).then(
      (signature) => answer(null, signature),
      (error: unknown) => answer(error instanceof Error ? error : new Error(String(error))),
    )
  }
}

/**
 * An agent of one key for ssh2, which offers a key and signs only once the server says that it would take it. One key each,
 * so that what a server said to which key is known, and no key is offered that was not chosen.
 */
export const agentOfOne = (key: PublicKey, sign: Sign): ssh2.BaseAgent => new OneKey(key, sign)
