import type {
  Algorithms,
  CipherAlgorithm,
  CompressionAlgorithm,
  KexAlgorithm,
  MacAlgorithm,
  ServerHostKeyAlgorithm,
} from 'ssh2'
import { knownFirst } from './known-hosts.ts'
import type { SshSettings } from './ssh-settings.ts'

// What ssh2 knows and OpenSSH has not given up, in the order in which it costs us least: AES-GCM takes less time here than
// ChaCha20 wherever the processor knows AES.
const hostKeys: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
]
const kex: readonly KexAlgorithm[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group14-sha1',
]
const ciphers: readonly CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
]
const macs: readonly MacAlgorithm[] = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha1-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
  'hmac-sha1',
]
// Whatever the configuration says: of 200 KB of it a server makes 200 MB here.
const compressions: readonly CompressionAlgorithm[] = ['none']

/** Those that the configuration allows; all where it says nothing. */
const allowed = <Name extends string>(ours: readonly Name[], theirs: readonly string[]): readonly Name[] =>
  theirs.length === 0 ? ours : ours.filter((name) => theirs.includes(name))

/**
 * The algorithms of one connection: what both the configuration and ssh2 know, keys of known types first. Undefined where
 * they share none of some kind: only the system's ssh can connect then.
 */
export const algorithmsFor = (
  { algorithms }: Pick<SshSettings, 'algorithms'>,
  knownTypes: readonly string[],
): Algorithms | undefined => {
  const keys = allowed(hostKeys, algorithms.hostKeys)
  const chosen = {
    serverHostKey: knownFirst(keys, knownTypes) as ServerHostKeyAlgorithm[],
    kex: [...allowed(kex, algorithms.kex)],
    cipher: [...allowed(ciphers, algorithms.ciphers)],
    hmac: [...allowed(macs, algorithms.macs)],
    compress: [...compressions],
  }
  return Object.values(chosen).some((names) => names.length === 0) ? undefined : chosen
}
