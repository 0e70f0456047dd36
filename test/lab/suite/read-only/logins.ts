import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Argv } from '../../../system/support/finish.ts'
import type { Lab } from '../../cluster.ts'
import type { LabNode } from '../../node.ts'
import { tracedPort } from './traced-sshd.ts'

/** Somebody who logs in, and the folder in which a disk probe of theirs may write. */
export interface Login {
  readonly user: 'root' | 'viewer'
  /** What sudo lets them, by the fragment that kntop prints for it. */
  readonly sudo: 'none' | 'commands' | 'root'
  readonly folder: string
}

export const logins: readonly Login[] = [
  { user: 'root', sudo: 'none', folder: '/var/lib/kntop-probe' },
  { user: 'viewer', sudo: 'none', folder: '/var/lib/viewer/probe' },
  { user: 'viewer', sudo: 'commands', folder: '/var/lib/viewer/probe' },
  { user: 'viewer', sudo: 'root', folder: '/var/lib/viewer/probe' },
]

const viewer = 'viewer:x:4300:4300::/var/lib/viewer:/bin/bash'

const make = `
echo "$1" >>/etc/passwd
echo 'viewer:*:1::::::' >>/etc/shadow
mkdir -p /var/lib/kntop-probe /var/lib/viewer/.ssh /var/lib/viewer/probe
cp /root/.ssh/authorized_keys /var/lib/viewer/.ssh/
chmod 700 /var/lib/kntop-probe
chown -R 4300:4300 /var/lib/viewer`

const remove = `
for file in /etc/passwd /etc/shadow; do grep -v ^viewer: "$file" >"$file.new"; cat "$file.new" >"$file"; rm "$file.new"; done
rm -rf /var/lib/kntop-probe /var/lib/viewer /etc/sudoers.d`

/** Makes the folders, and the user who may only look. */
export const makeLogins = async (node: LabNode): Promise<void> =>
  void (await node.run(['sh', '-ec', make, 'sh', viewer]))

export const removeLogins = async (node: LabNode): Promise<void> => void (await node.run(['sh', '-ec', remove]))

const permit =
  'mkdir -p /etc/sudoers.d; umask 337; cat >/etc/sudoers.d/kntop.new; mv /etc/sudoers.d/kntop.new /etc/sudoers.d/kntop'

/** Lets sudo do on a node what a fragment says, and nothing else. */
export const permitSudo = async (node: LabNode, fragment: string): Promise<void> =>
  void (await node.run(['sh', '-ec', permit], fragment))

/** The lab's ssh configuration for this login, at the sshd that is traced; gone when the test ends. */
export const sshConfigFor = (lab: Lab, { user }: Login): string => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-traced-ssh-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'config')
  writeFileSync(path, `Host *\n  Port ${tracedPort}\n  User ${user}\n\n${readFileSync(lab.sshConfig, 'utf8')}`)
  return path
}

/** What a person runs over SSH there. */
export const bySsh = (config: string, node: LabNode, line: string): Argv => [
  ...(['ssh', '-T', '-F', config, '-o', 'BatchMode=yes', node.name] as const),
  line,
]
