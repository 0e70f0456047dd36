import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { makeKey } from './auth/support/keys.ts'
import { always } from './logging-in.ts'
import { madeFleet } from './made-fleet.ts'
import { temporaryFolder } from './openssh.ts'

const { folder, remove } = temporaryFolder()
afterAll(remove)
const path = (name: string): string => join(folder, name)
makeKey(folder, 'key')
beforeEach(() => writeFileSync(path('ways'), ''))

/** A way to nowhere that notes that it was taken. */
const way = (name: string): string => `ProxyCommand sh -c "echo ${name} %r %p >>${path('ways')}; exit 1"`

/** The ways that the system's ssh takes to a host by these lines, none of which leads anywhere. */
const waysTaken = async (host: string, lines: readonly string[]): Promise<readonly string[]> => {
  const all = ['Host *', `IdentityFile ${path('key')}`, 'IdentityAgent none', `UserKnownHostsFile ${path('known')}`]
  writeFileSync(path('config'), [...lines, ...all, ''].join('\n'))
  const fleet = await madeFleet(path('config'), { transport: 'openssh' })
  await expect(fleet.connectTo(host)(always)).rejects.toThrow()
  return readFileSync(path('ways'), 'utf8').split('\n').filter(Boolean)
}

const matchUser = ['Match user deploy', way('matched')]

test('a user that only the configuration names is not known to a Match before it, as with ssh HOST', async () => {
  const lines = [...matchUser, 'Host web', 'User deploy', 'Port 2201', way('of-host')]
  expect(await waysTaken('web', lines)).toEqual(['of-host deploy 2201'])
})

test.each([
  ['deploy@gate:2202', 'matched deploy 2202'],
  ['deploy@gate', 'matched deploy 2201'],
  ['gate:2202', 'of-host deploy 2202'],
  ['gate', 'of-host deploy 2201'],
])('a hop that is named %s is reached as ssh reaches it', async (hop, taken) => {
  const gate = ['Host gate', 'User deploy', 'Port 2201', way('of-host')]
  expect(await waysTaken('web', [...matchUser, ...gate, 'Host web', `ProxyJump ${hop}`])).toEqual([taken])
})
