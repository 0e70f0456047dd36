import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { SshSettings } from '../../../../source/nodes/connections/ssh/ssh-settings.ts'
import { noSsh, refusal, resolving } from './resolving.ts'
import { everyHost } from './written-configs.ts'

const { folder, config, resolve } = resolving()

/** All but what only ssh itself can tell. */
const comparable = (settings: SshSettings): object => ({
  ...settings,
  algorithms: undefined,
  keywords: undefined,
  resolvedBy: undefined,
})

describe('without ssh, the files alone', () => {
  const alike = everyHost.filter(([name, host]) => name !== 'exec' && host !== 'round')

  test.each(alike)('in %s.conf, %s: as ssh -G has it', async (name, host) => {
    const [{ target: asked }, { target: read }] = await Promise.all([resolve(name, host), resolve(name, host, noSsh)])
    expect(read.resolvedBy).toBe('config-files')
    expect(comparable(read)).toEqual(comparable(asked))
  })

  test('run nothing for a Match exec, which never matches', async () => {
    const canary = join(folder, 'canary')
    writeFileSync(config('canary'), `Match exec "touch ${canary}"\n  User canary\nHost *\n  User nobody\n`)
    expect((await resolve('canary', 'web', noSsh)).target.user).toBe('nobody')
    expect(() => readFileSync(canary)).toThrow(/ENOENT/)
  })

  test('resolve no names for CanonicalizeHostname', async () => {
    writeFileSync(config('canonical'), 'Host *\n  CanonicalizeHostname yes\n  CanonicalDomains example.com\n')
    expect((await resolve('canonical', 'web', noSsh)).target.hostName).toBe('web')
  })

  test('follow a chain of hops', async () => {
    const { hops } = await resolve('jumps', 'inner', noSsh)
    expect(hops).toHaveLength(2)
    expect(hops.map(comparable)).toEqual((await resolve('jumps', 'inner')).hops.map(comparable))
  })

  test('say which file cannot be parsed', async () => {
    writeFileSync(config('damaged'), 'User "karin\n')
    expect(await refusal(resolve('damaged', 'web', noSsh))).toEqual({
      state: 'denied',
      cause: expect.stringContaining(`the ssh configuration ${config('damaged')} cannot be read: `),
    })
  })

  test('say that the file of -F is not there', async () => {
    expect(await refusal(resolve('missing', 'web', noSsh))).toMatchObject({ cause: expect.stringContaining('ENOENT') })
  })

  test('stop where a file includes itself', async () => {
    writeFileSync(config('round'), `Include ${config('round')}\n`)
    expect(await refusal(resolve('round', 'web', noSsh))).toMatchObject({ cause: expect.stringContaining('16 deep') })
  })
})
