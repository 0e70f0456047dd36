import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

export interface KeyOptions {
  readonly type?: 'ed25519' | 'rsa' | 'ecdsa'
  readonly bits?: number
  /** ssh-keygen takes five characters or more. */
  readonly passphrase?: string
  readonly format?: 'RFC4716' | 'PEM' | 'PKCS8'
  readonly comment?: string
  /** Of the key derivation: one where its cost does not matter, ssh-keygen's own is 16 or 24. */
  readonly rounds?: number
}

/** Makes a key pair as a person would, and returns the path of the private half. */
export const makeKey = (folder: string, name: string, options: KeyOptions = {}): string => {
  const { type = 'ed25519', bits, passphrase = '', format = 'RFC4716', comment = name, rounds = 1 } = options
  const path = join(folder, name)
  const size = bits === undefined ? [] : ['-b', String(bits)]
  const settings = ['-a', String(rounds), '-m', format]
  execFileSync('ssh-keygen', ['-q', '-t', type, ...size, ...settings, '-N', passphrase, '-C', comment, '-f', path])
  return path
}

/** As `ssh-keygen -l` prints it. */
export const printedFingerprint = (path: string): string =>
  execFileSync('ssh-keygen', ['-l', '-f', path], { encoding: 'utf8' }).split(' ')[1] ?? ''
