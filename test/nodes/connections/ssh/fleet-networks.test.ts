import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createFleet, type FleetOptions } from '../../../../source/nodes/connections/ssh/fleet.ts'
import { makeKey } from './auth/support/keys.ts'
import { type RealSshd, startLimit, startSshd } from './auth/support/sshd.ts'
import { always, knownLine, testFolder } from './logging-in.ts'

let folder: string
let sshd: RealSshd
const path = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = mkdtempSync('/tmp/kntop-networks-')
  for (const name of ['right', 'wrong', 'host']) makeKey(folder, name)
  sshd = await startSshd([`HostKey ${path('host')}`, 'ListenAddress 127.0.0.2', 'ListenAddress 127.0.0.3'])
  sshd.authorize(path('right'))
}, startLimit)
afterAll(async () => {
  await sshd.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Two hosts on one address, each behind a gate of its own; the gates let us in, the hosts do not. */
const fleetOf = async (transport: FleetOptions['transport']) => {
  const here = testFolder()
  const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3']
  const known = addresses.map((address) => knownLine(sshd.port, path('host')).replace('127.0.0.1', address))
  writeFileSync(join(here, 'known_hosts'), known.join(''))
  const block = (name: string, address: string, key: string, ...more: readonly string[]): string =>
    [`Host ${name}`, `HostName ${address}`, `IdentityFile ${path(key)}`, ...more, ''].join('\n')
  const blocks = [
    block('gate1', '127.0.0.2', 'right'),
    block('gate2', '127.0.0.3', 'right'),
    block('n1', '127.0.0.1', 'wrong', 'ProxyJump gate1'),
    block('n2', '127.0.0.1', 'wrong', 'ProxyJump gate2'),
  ]
  const all = [`Port ${sshd.port}`, `User ${sshd.user}`, 'IdentitiesOnly yes', 'IdentityAgent none']
  const trust = [`UserKnownHostsFile ${here}/known_hosts`, 'GlobalKnownHostsFile /dev/null']
  writeFileSync(join(here, 'config'), [...blocks, 'Host *', ...all, ...trust, ''].join('\n'))
  const fleet = await createFleet({
    configFile: join(here, 'config'),
    transport,
    stateFolder: undefined,
    controlFolder: join(here, 'control'),
    write: () => Promise.resolve(),
    ask: undefined,
    decide: undefined,
    failed: () => undefined,
    environment: { PATH: process.env.PATH },
    now: () => performance.now(),
    wall: Date.now,
    signal: always,
  })
  onTestFinished(() => fleet.close())
  return fleet
}

test.each(['ssh', 'openssh'] as const)(
  'a host that refused us holds back none of another network on the same address (%s)',
  async (transport) => {
    const fleet = await fleetOf(transport)
    const refused = /^(server refused 1 key|authentication failed: no key was accepted)/
    await expect(fleet.connectTo('n1')(always)).rejects.toThrow(refused)
    await expect(fleet.connectTo('n1')(always)).rejects.toThrow(/^not tried: refused at /)
    await expect(fleet.connectTo('n2')(always)).rejects.toThrow(refused)
  },
)
