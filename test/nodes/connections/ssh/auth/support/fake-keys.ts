import type { AgentState } from '../../../../../../source/nodes/connections/ssh/auth/agent.ts'
import type { KeyFile, UsableKey } from '../../../../../../source/nodes/connections/ssh/auth/key-files.ts'
import { type PublicKey, publicKeyOf } from '../../../../../../source/nodes/connections/ssh/auth/public-key.ts'
import { writeField } from '../../../../../../source/nodes/connections/ssh/auth/wire.ts'

/** A public key of this name that nobody can sign with. */
export const fakeKey = (name: string, type = 'ssh-ed25519'): PublicKey => {
  const key = publicKeyOf(Buffer.concat([writeField(type), writeField(name)]), name)
  if (key === undefined) throw new Error(`${type} is no type`)
  return key
}

export const fakeAgent = (...keys: readonly PublicKey[]): AgentState => ({ state: 'answers', keys })

export const usable = (publicKey: PublicKey): KeyFile => {
  const never = (): never => {
    throw new Error('nothing is signed here')
  }
  const key = { isPrivateKey: () => true, sign: never } as unknown as UsableKey['key']
  return { state: 'usable', path: `/home/karin/.ssh/${publicKey.comment}`, publicKey, key }
}

export const locked = (publicKey: PublicKey): KeyFile => ({
  state: 'encrypted',
  path: `/home/karin/.ssh/${publicKey.comment}`,
  publicKey,
})
