import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of its own for a test. */
export const temporaryFolder = (): { readonly folder: string; readonly remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-ssh-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** A host's key as ssh-keygen made it. */
export interface MadeKey {
  readonly path: string
  readonly type: string
  readonly base64: string
  readonly blob: Buffer
}

export const makeKey = (folder: string, name: string, ...kind: readonly string[]): MadeKey => {
  const path = join(folder, name)
  execFileSync('ssh-keygen', ['-q', '-t', ...kind, '-N', '', '-C', 'test', '-f', path])
  const [type = '', base64 = ''] = readFileSync(`${path}.pub`, 'utf8').split(' ')
  return { path, type, base64, blob: Buffer.from(base64, 'base64') }
}

/** As `ssh-keygen -l` prints it. */
export const keygenFingerprint = (key: MadeKey): string =>
  execFileSync('ssh-keygen', ['-l', '-f', `${key.path}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? ''

/** A line that ssh-keygen finds for a name and whose key it can read. */
export interface FoundLine {
  readonly line: number
  readonly marker: '' | 'REVOKED' | 'CA'
  readonly fingerprint: string
}

/** `ssh-keygen -l -F name -f file`. */
export const keygenFinds = (file: string, name: string): readonly FoundLine[] => {
  const { stdout } = spawnSync('ssh-keygen', ['-l', '-F', name, '-f', file], { encoding: 'utf8' })
  return [...stdout.matchAll(/^# Host .* found: line (\d+) ?(REVOKED|CA)?\s*\n\S+ \S+ (SHA256:\S+)/gm)].map(
    ([, line, marker = '', fingerprint = '']) => ({
      line: Number(line),
      marker: marker as FoundLine['marker'],
      fingerprint,
    }),
  )
}

export interface Visit {
  readonly known: string
  readonly host: string
  readonly port: number
  readonly alias?: string | undefined
  readonly strict: 'yes' | 'accept-new'
  readonly key: MadeKey
}

const verdicts = [
  ['revoked', /REVOKED HOST KEY/],
  ['changed', /IDENTIFICATION HAS CHANGED/],
  ['unknown', /No \S+ host key is known|Permanently added/],
  // Past the host key: nobody can log in here.
  ['known', /Permission denied/],
] as const

/** What the real ssh says about a real sshd that shows a key; no network is used. */
export const sshVisits = (folder: string, { known, host, port, alias, strict, key }: Visit): string => {
  // A real sshd that is started as root wants this folder.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const file = join(folder, 'visited_hosts')
  writeFileSync(file, known)
  const options = [
    'BatchMode=yes',
    'LogLevel=INFO',
    'IdentityFile=none',
    'IdentityAgent=none',
    'UpdateHostKeys=no',
    'GlobalKnownHostsFile=none',
    'PreferredAuthentications=none',
    `UserKnownHostsFile=${file}`,
    `StrictHostKeyChecking=${strict}`,
    `ProxyCommand=/usr/sbin/sshd -i -f /dev/null -h ${key.path} -o UsePAM=no`,
    ...(alias === undefined ? [] : [`HostKeyAlias=${alias}`]),
  ]
  const { stderr } = spawnSync(
    'ssh',
    ['-F', '/dev/null', '-T', '-p', String(port), ...options.flatMap((option) => ['-o', option]), '--', host],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  )
  return verdicts.find(([, pattern]) => pattern.test(stderr))?.[0] ?? stderr
}
