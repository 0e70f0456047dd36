import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { resolving } from './resolving.ts'
import { everyHost, sshTries } from './written-configs.ts'

const { folder, client, config, target } = resolving()

describe('the settings of a host', () => {
  test.each(everyHost.filter(([, host]) => !['round', 'pass'].includes(host)))(
    'in %s.conf, %s: the files that ssh itself would try',
    async (name, host) => {
      const { identityFiles, certificateFiles } = await target(name, host)
      expect({ identityFiles, certificateFiles }).toEqual(sshTries(config(name), host, client))
    },
  )

  test.each<[string, string, object]>([
    [
      'plain',
      'web',
      {
        alias: 'web',
        hostName: 'web.example.com',
        user: 'karin',
        port: 2200,
        identityFiles: [
          `${client.home}/.kntop-test-none/karin_web.example.com`,
          `${folder}/with space/key`,
          `${folder}/fallback`,
        ],
        identitiesOnly: true,
        connectTimeout: 90,
        serverAliveInterval: 15,
        serverAliveCountMax: 2,
        strictHostKeyChecking: 'ask',
        strictWasOff: false,
        needsOpenSsh: [],
        resolvedBy: 'ssh',
        jumps: [],
        proxyCommand: undefined,
        identityAgent: undefined,
        addressFamily: 'any',
        bindAddress: undefined,
        methods: { publicKey: true, password: true, keyboardInteractive: false, preferred: undefined },
      },
    ],
    ['plain', 'db', { hostName: 'db', user: client.user, port: 22, connectTimeout: undefined }],
    ['plain', 'DB', { hostName: '10.0.0.7', user: 'postgres', addressFamily: 'inet6', bindAddress: '::1' }],
    ['plain', 'UPPER', { alias: 'UPPER', hostName: 'upper' }],
    ['plain', 'ipv6', { hostName: 'fe80::1%lo' }],
    [
      'plain',
      'build.internal',
      {
        user: 'ops',
        methods: {
          publicKey: true,
          password: false,
          keyboardInteractive: false,
          preferred: ['publickey', 'keyboard-interactive'],
        },
      },
    ],
    ['plain', 'secret.internal', { user: client.user }],
    ['include', 'second', { user: 'first', port: 2222 }],
    ['include', 'inside', { user: 'inner', hostName: 'inner.example.com', port: 2300 }],
    [
      'match',
      'app2',
      { hostName: 'app2.prod.example.com', user: 'deploy', port: 2201, connectTimeout: 7, serverAliveInterval: 9 },
    ],
    ['exec', 'vpn', { hostName: '192.0.2.4', user: 'inside', jumps: [] }],
    ['exec', 'office', { hostName: '192.0.2.4', user: 'outside', jumps: [{ host: 'bastion' }] }],
    ['jumps', 'sixes', { jumps: [{ host: '2001:db8::1', port: 2022 }] }],
    ['jumps', 'listed', { jumps: [{ host: 'outer' }, { host: 'middle', user: 'x', port: 2022 }] }],
    [
      'jumps',
      'tokens',
      {
        jumps: [
          { host: 'first', user: 'deploy' },
          { host: 'tokens.example.com-gate', user: 'deploy_tokens' },
          { host: '2201.last', user: '100%h', port: 2022 },
        ],
      },
    ],
    ['jumps', 'both', { jumps: [{ host: 'outer' }], proxyCommand: undefined }],
    ['jumps', 'command', { jumps: [], proxyCommand: 'nc "%h" %p', needsOpenSsh: ['ProxyCommand'] }],
    [
      'trust',
      'many',
      {
        userKnownHostsFiles: [
          `${folder}/known hosts/one`,
          `${folder}/known_many`,
          `${client.home}/.kntop-test-none/known`,
        ],
        globalKnownHostsFiles: [`${folder}/global`],
      },
    ],
    [
      'trust',
      'alias',
      {
        hostKeyAlias: 'cluster-a',
        userKnownHostsFiles: [`${folder}/known_cluster-a`],
        strictHostKeyChecking: 'accept-new',
        strictWasOff: false,
      },
    ],
    ['trust', 'none', { userKnownHostsFiles: [], globalKnownHostsFiles: [], strictHostKeyChecking: 'yes' }],
    ['trust', 'off', { strictHostKeyChecking: 'accept-new', strictWasOff: true }],
    ['trust', 'no', { strictHostKeyChecking: 'accept-new', strictWasOff: true }],
    [
      'none',
      'called',
      {
        user: 'none',
        hostName: 'none',
        hostKeyAlias: 'none',
        bindAddress: 'none',
        methods: { publicKey: true, password: true, keyboardInteractive: true, preferred: ['none'] },
      },
    ],
    [
      'none',
      'unset',
      {
        proxyCommand: undefined,
        connectTimeout: undefined,
        identityAgent: 'none',
        userKnownHostsFiles: [],
        needsOpenSsh: [],
      },
    ],
    ['none', 'direct', { jumps: [] }],
    ['none', 'interface', { needsOpenSsh: ['BindInterface none'] }],
    ['none', 'zero', { connectTimeout: undefined, serverAliveInterval: 0, serverAliveCountMax: 1 }],
    ['none', 'huge', { connectTimeout: 86_400, serverAliveInterval: 86_400, serverAliveCountMax: 2_147_483_647 }],
    ['trust', 'elsewhere', { requiredRsaSize: 1024 }],
    [
      'beyond',
      'short',
      { requiredRsaSize: 3072, algorithms: { publicKeys: ['ssh-ed25519', 'rsa-sha2-512'] }, needsOpenSsh: [] },
    ],
    ['agent', 'path', { identityAgent: `${client.home}/.kntop-test-none/agent.sock` }],
    ['agent', 'none', { identityAgent: 'none' }],
    ['agent', 'usual', { identityAgent: undefined }],
    ['agent', 'variable', { identityAgent: `${folder}/agent` }],
    ['agent', 'unset', { identityAgent: 'none' }],
    ['agent', 'braces', { identityAgent: `${folder}/agent.sock`, identityFiles: [`${folder}/key`] }],
  ])('in %s.conf, %s', async (name, host, expected) => {
    expect(await target(name, host)).toMatchObject(expected)
  })

  test('hold the algorithms that ssh would offer', async () => {
    const { algorithms } = await target('plain', 'web')
    const printed = execFileSync('ssh', ['-G', '-F', config('plain'), '--', 'web'], { encoding: 'utf8', stdio: 'pipe' })
    for (const [key, list] of Object.entries({
      hostkeyalgorithms: algorithms.hostKeys,
      kexalgorithms: algorithms.kex,
      ciphers: algorithms.ciphers,
      macs: algorithms.macs,
      pubkeyacceptedalgorithms: algorithms.publicKeys,
    })) {
      expect(printed).toContain(`\n${key} ${list.join(',')}\n`)
      expect(list.length).toBeGreaterThan(3)
    }
  })
})
