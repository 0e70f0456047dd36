import { describe, expect, test } from 'vitest'
import { accountOf } from '../../../../source/nodes/connections/ssh/account.ts'
import type { SshSettings } from '../../../../source/nodes/connections/ssh/ssh-settings.ts'

const host = (more: Partial<SshSettings> = {}): SshSettings =>
  ({ alias: 'web', user: 'root', hostName: '10.0.0.5', port: 22, ...more }) as SshSettings

const gate = host({ alias: 'gate', user: 'karin', hostName: 'gate.example', port: 2222 })
const inner = host({ alias: 'inner', user: 'karin', hostName: '10.0.0.1' })

const hostOf = (target: SshSettings, ...hops: readonly SshSettings[]): string => accountOf({ target, hops }).host

describe('the account of a host', () => {
  test('that is contacted directly is its endpoint, whatever it is called: many names are no more attempts', () => {
    const all = [
      host(),
      host({ alias: 'db' }),
      host({ hostKeyAlias: 'web-1' }),
      host({ alias: 'x', hostKeyAlias: 'y' }),
    ]
    expect(all.map((target) => accountOf({ target, hops: [] }))).toEqual(
      all.map(() => ({ host: '10.0.0.5:22', user: 'root' })),
    )
  })

  test('behind others is one of their network', () => {
    expect(hostOf(host(), gate)).toBe('10.0.0.5:22 via karin@gate.example:2222')
    expect(hostOf(host(), gate, inner)).toBe('10.0.0.5:22 via karin@10.0.0.1:22 via karin@gate.example:2222')
    // Some gates lead each user elsewhere.
    expect(hostOf(host(), { ...gate, user: 'ops' })).not.toBe(hostOf(host(), gate))
  })

  test('behind others is the one that the configuration calls so', () => {
    expect(hostOf(host({ hostKeyAlias: 'web-1' }), gate)).toBe('10.0.0.5:22 as web-1 via karin@gate.example:2222')
    expect(hostOf(host({ alias: 'db' }), gate)).toBe(hostOf(host(), gate))
  })

  test('that a command leads to is one by its name: nothing else tells its network', () => {
    const proxyCommand = 'tunnel %n'
    expect(hostOf(host({ proxyCommand }))).toBe('10.0.0.5:22 as web')
    expect(hostOf(host({ proxyCommand, hostKeyAlias: 'web-1' }))).toBe('10.0.0.5:22 as web-1')
    expect(hostOf(host(), { ...gate, proxyCommand })).toBe('10.0.0.5:22 via karin@gate.example:2222 as gate')
  })
})
