import type { ParsedKey } from 'ssh2'
import { type Clean, clean } from '../../../../text/clean.ts'
import type { Agent } from './agent.ts'
import { AgentError } from './agent-error.ts'
import type { Attempt } from './attempt.ts'
import type { UsableKey } from './key-files.ts'
import type { Offer } from './offers.ts'
import type { PublicKey } from './public-key.ts'
import { agentOfOne, type Sign } from './signing-agent.ts'
import type { Unlocker } from './unlock.ts'

/** Who signs. */
export interface Signers {
  readonly user: string
  readonly agent: Agent
  readonly unlocker: Unlocker
}

/** A key file that nobody unlocked, and why. */
export interface Locked {
  readonly locked: Clean
}

const signWith = (file: UsableKey, data: Buffer, hash: string | undefined): Buffer => {
  // Its types promise a Buffer; it returns its errors.
  const signature: unknown = file.key.sign(data, hash)
  if (Buffer.isBuffer(signature)) return signature
  throw new AgentError('refuses', clean(`${file.path} cannot sign: ${String(signature)}`))
}

/** The same key, which tells when it signs. Its class is ssh2's own and takes no other. */
const noting = (key: ParsedKey, signed: () => void): ParsedKey =>
  Object.create(key, {
    sign: {
      value: (data: Buffer, hash?: string) => {
        signed()
        return key.sign(data, hash)
      },
    },
  }) as ParsedKey

const withFile = (user: string, name: Clean, file: UsableKey): Attempt => {
  const key = noting(file.key, () => {
    attempt.signer = 'signed'
  })
  const attempt: Attempt = {
    method: { type: 'publickey', username: user, key },
    name,
    fingerprint: file.publicKey.fingerprint,
  }
  return attempt
}

const withSigner = (user: string, name: Clean, publicKey: PublicKey, sign: Sign): Attempt => {
  const attempt: Attempt = {
    method: {
      type: 'agent',
      username: user,
      agent: agentOfOne(publicKey, async (data, hash) => {
        try {
          const signature = await sign(data, hash)
          attempt.signer = 'signed'
          return signature
        } catch (error) {
          attempt.signer =
            error instanceof AgentError
              ? { trouble: error.trouble, reason: error.reason }
              : { trouble: 'refuses', reason: clean(String(error)) }
          throw error
        }
      }),
    },
    name,
    fingerprint: publicKey.fingerprint,
  }
  return attempt
}

/**
 * How one key is offered. An encrypted file whose public key is known is offered first, and its passphrase asked for only
 * when the server would take it, as ssh does; else it has to be unlocked before.
 */
export const offerKey = async (offer: Offer, { user, agent, unlocker }: Signers): Promise<Attempt | Locked> => {
  const { name, publicKey } = offer
  if (offer.from === 'file') return withFile(user, name, offer.file)
  if (offer.from === 'agent')
    return withSigner(user, name, offer.publicKey, (data, hash) => agent.sign(offer.publicKey, data, hash))
  const { path } = offer.file
  if (publicKey !== undefined)
    return withSigner(user, name, publicKey, async (data, hash) => {
      const key = await unlocker.unlock(path)
      if (key.state === 'usable') return signWith(key, data, hash)
      throw new AgentError('refuses', key.cause)
    })
  const key = await unlocker.unlock(path)
  return key.state === 'usable' ? withFile(user, name, key) : { locked: key.cause }
}
