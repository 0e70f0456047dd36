import { describe, expect, test } from 'vitest'
import { sameNamedWay, sameWay } from '../../../../source/nodes/connections/ssh/same-way.ts'
import type { SshSettings } from '../../../../source/nodes/connections/ssh/ssh-settings.ts'
import { clean } from '../../../../source/text/clean.ts'

const gate: SshSettings = {
  alias: 'gate',
  hostName: 'gate.example',
  port: 22,
  user: 'karin',
  identityFiles: ['/home/karin/.ssh/id_ed25519'],
  identitiesOnly: false,
  identityAgent: undefined,
  certificateFiles: [],
  jumps: [],
  proxyCommand: undefined,
  hostKeyAlias: undefined,
  userKnownHostsFiles: ['/home/karin/.ssh/known_hosts'],
  globalKnownHostsFiles: [],
  strictHostKeyChecking: 'ask',
  strictWasOff: false,
  addressFamily: 'any',
  bindAddress: undefined,
  connectTimeout: undefined,
  requiredRsaSize: 1024,
  serverAliveInterval: 0,
  serverAliveCountMax: 3,
  algorithms: { hostKeys: [], kex: [], ciphers: [], macs: [], publicKeys: [] },
  methods: { publicKey: true, password: true, keyboardInteractive: true, preferred: undefined },
  named: {},
  batchMode: false,
  needsOpenSsh: [],
  resolvedBy: 'ssh',
  keywords: new Set(['hostname']),
}

const others: readonly Partial<SshSettings>[] = [
  { user: 'root' },
  { hostName: '10.0.0.1' },
  { port: 2222 },
  { hostKeyAlias: 'another' },
  { strictHostKeyChecking: 'accept-new' },
  { userKnownHostsFiles: ['/dev/null'] },
  { globalKnownHostsFiles: ['/etc/ssh/ssh_known_hosts'] },
  { identityFiles: [] },
  { identitiesOnly: true },
  { identityAgent: 'none' },
  { certificateFiles: ['/home/karin/.ssh/id-cert.pub'] },
  { proxyCommand: 'nc %h %p' },
  { bindAddress: '10.0.0.2' },
  { algorithms: { ...gate.algorithms, ciphers: ['aes256-gcm@openssh.com'] } },
  { methods: { ...gate.methods, password: false } },
  { needsOpenSsh: [clean('RevokedHostKeys /etc/ssh/revoked')] },
]

describe('a way over a bastion', () => {
  test.each(others)('is another one where the configuration says otherwise: %j', (more) => {
    for (const key of [sameWay, sameNamedWay]) {
      expect(key([{ ...gate, ...more }])).not.toBe(key([gate]))
      expect(key([{ ...gate, ...more }, gate])).not.toBe(key([gate, gate]))
    }
  })

  test('is the same for all who have it by the same configuration', () => {
    for (const key of [sameWay, sameNamedWay]) expect(key([structuredClone(gate)])).toBe(key([gate]))
  })

  test.each<Partial<SshSettings>>([{ alias: 'gate.example' }, { named: { user: 'karin' } }])(
    'is the same under another name that means the same, for us; not for the system’s ssh, which asks by name: %j',
    (more) => {
      const renamed = { ...gate, ...more }
      expect(sameWay([renamed])).toBe(sameWay([gate]))
      expect(sameNamedWay([renamed])).not.toBe(sameNamedWay([gate]))
    },
  )

  test('is not one of fewer hops', () => {
    expect(new Set([[], [gate], [gate, gate]].map(sameWay)).size).toBe(3)
  })
})
