import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../support/finish.ts'

/** A new pair of keys; gives back the path of the private one. */
export const makeKey = async (folder: string, name: string, type = 'ed25519'): Promise<string> => {
  const path = join(folder, name)
  if (!existsSync(path)) await run(['ssh-keygen', '-q', '-t', type, '-N', '', '-C', name, '-f', path])
  return path
}

/** Type and blob of a key, as a line of known_hosts has them. */
export const publicKey = (path: string): string => readFileSync(`${path}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')

/** `SHA256:...`, as ssh-keygen says it. */
export const fingerprintOf = async (path: string): Promise<string> =>
  /SHA256:\S+/.exec(await run(['ssh-keygen', '-lf', `${path}.pub`]))?.[0] ?? ''
