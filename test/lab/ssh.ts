import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeKey, publicKey } from '../system/ssh/keys.ts'
import { files } from './names.ts'
import { nodeFolder } from './node-files.ts'
import type { NodePlan } from './state.ts'

const own = dirname(files.sshConfig)

/** Makes the key that logs in everywhere and a host key for each node; gives back the public part of the first. */
export const makeSshKeys = async (nodes: readonly NodePlan[]): Promise<string> => {
  mkdirSync(own, { recursive: true, mode: 0o700 })
  const keys = nodes.map(async ({ name }) => {
    const place = join(nodeFolder(name), 'etc/ssh')
    mkdirSync(place, { recursive: true })
    await makeKey(place, 'ssh_host_ed25519_key')
  })
  await Promise.all([makeKey(own, 'key'), ...keys])
  return readFileSync(join(own, 'key.pub'), 'utf8')
}

/** Writes the configuration: nodes go by their names and by their addresses. */
export const writeSshConfig = (nodes: readonly NodePlan[]): void => {
  const known = nodes.map(({ name, address, address6 }) => {
    const key = publicKey(join(nodeFolder(name), 'etc/ssh/ssh_host_ed25519_key'))
    return `${name},${address},${address6} ${key}\n`
  })
  writeFileSync(join(own, 'known_hosts'), known.join(''))
  const hosts = nodes.map(
    ({ name, address }) => `Host ${name} ${address}\n  HostName ${address}\n  HostKeyAlias ${name}\n`,
  )
  const everywhere = [
    ...['User root', `IdentityFile ${join(own, 'key')}`, 'IdentitiesOnly yes', 'IdentityAgent none'],
    ...[`UserKnownHostsFile ${join(own, 'known_hosts')}`, 'GlobalKnownHostsFile none', 'StrictHostKeyChecking yes'],
  ]
  writeFileSync(files.sshConfig, `${hosts.join('')}Host *\n${everywhere.map((line) => `  ${line}\n`).join('')}`)
}
