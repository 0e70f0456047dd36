import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { afterAll, beforeAll, onTestFinished, vi } from 'vitest'
import { type Attempt, ConnectionError } from '../../../../source/nodes/connections/connection.ts'
import { createAddresses } from '../../../../source/nodes/connections/ssh/addresses.ts'
import { openAgents } from '../../../../source/nodes/connections/ssh/auth/agent.ts'
import { noHistory } from '../../../../source/nodes/connections/ssh/auth/failures.ts'
import { openKeyFiles } from '../../../../source/nodes/connections/ssh/auth/key-files.ts'
import type { AskPerson } from '../../../../source/nodes/connections/ssh/auth/prompts.ts'
import { createUnlocker } from '../../../../source/nodes/connections/ssh/auth/unlock.ts'
import { loginToHost } from '../../../../source/nodes/connections/ssh/host-login.ts'
import { createKeyDecisions } from '../../../../source/nodes/connections/ssh/key-decisions.ts'
import { createLogins } from '../../../../source/nodes/connections/ssh/logins.ts'
import type { PresentedKey } from '../../../../source/nodes/connections/ssh/presented-key.ts'
import type { Shared } from '../../../../source/nodes/connections/ssh/shared.ts'
import { createSlots } from '../../../../source/nodes/connections/ssh/slots.ts'
import type { SshConnection } from '../../../../source/nodes/connections/ssh/ssh.ts'
import type { SshSettings } from '../../../../source/nodes/connections/ssh/ssh-settings.ts'
import { createTrustedKeys } from '../../../../source/nodes/connections/ssh/trusted-keys.ts'
import { makeKey } from './auth/support/keys.ts'
import { type RealSshd, startLimit, startSshd } from './auth/support/sshd.ts'

/** A folder for one test, with nothing in it. */
export const testFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-login-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A real sshd for the tests of one file, which takes the key `right`, and a folder with keys of these names. */
export const sshdOfFile = (names: readonly string[]) => {
  const started: { folder?: string; sshd?: RealSshd } = {}
  const path = (name: string): string => join(started.folder ?? '', name)
  beforeAll(async () => {
    started.folder = mkdtempSync(join(tmpdir(), 'kntop-keys-'))
    for (const name of [...names, 'right', 'host']) makeKey(started.folder, name)
    started.sshd = await startSshd([`HostKey ${path('host')}`, 'HostKeyAlgorithms ssh-ed25519'])
    started.sshd.authorize(path('right'))
  }, startLimit)
  afterAll(async () => {
    await started.sshd?.stop()
    if (started.folder !== undefined) rmSync(started.folder, { recursive: true, force: true })
  })
  return {
    path,
    sshd: (): RealSshd => {
      if (started.sshd === undefined) throw new Error('it is started before the first test')
      return started.sshd
    },
  }
}

/** A line of known_hosts for a server on loopback with the key of this file. */
export const knownLine = (port: number, key: string): string =>
  `[127.0.0.1]:${port} ${readFileSync(`${key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')}\n`

export const always = new AbortController().signal

export interface Loggable {
  readonly shared: Shared
  readonly settings: SshSettings
  /** How often the host was contacted. */
  contacts(): number
  login(more?: Partial<SshSettings>, signal?: AbortSignal, waits?: Attempt['waits']): Promise<SshConnection>
  /** Why it cannot be logged in. */
  refusal(more?: Partial<SshSettings>, waits?: Attempt['waits']): Promise<ConnectionError>
}

/** One host on loopback that may be logged in to, and all that logins share. */
export const loggable = (options: {
  readonly port: number
  readonly user: string
  readonly identityFiles?: readonly string[]
  readonly knownHosts?: string
  readonly strict?: SshSettings['strictHostKeyChecking']
  readonly agent?: string
  readonly ask?: AskPerson
  readonly decide?: (keys: readonly PresentedKey[]) => Promise<boolean>
  /** Where the host is found to be, if not where it is. */
  readonly open?: () => Promise<Duplex>
}): Loggable => {
  const folder = testFolder()
  const known = join(folder, 'known_hosts')
  if (options.knownHosts !== undefined) writeFileSync(known, options.knownHosts)
  const keyFiles = openKeyFiles()
  const agents = openAgents({ identities: 300, sign: 300, fresh: 50, again: 20, watch: 20 })
  onTestFinished(() => agents.close())
  const trusted = createTrustedKeys(join(folder, 'own', 'known_hosts'))
  const shared: Shared = {
    addresses: createAddresses({ lookup: () => Promise.reject(new Error('nobody looks')), now: () => 0 }),
    keyring: { agents, keyFiles, environment: {} },
    unlocker: createUnlocker(keyFiles, options.ask, always),
    trusted,
    decisions: createKeyDecisions({ trusted, decide: options.decide, failed: () => undefined }),
    logins: createLogins({
      start: noHistory,
      keeper: undefined,
      now: () => performance.now(),
      wall: Date.now,
      door: 'person',
    }),
    slots: createSlots(),
    ask: options.ask,
    now: () => performance.now(),
  }
  const settings = {
    alias: 'web',
    hostName: '127.0.0.1',
    port: options.port,
    user: options.user,
    identityFiles: options.identityFiles ?? [],
    identitiesOnly: false,
    identityAgent: options.agent ?? 'none',
    certificateFiles: [],
    jumps: [],
    proxyCommand: undefined,
    hostKeyAlias: undefined,
    userKnownHostsFiles: [known],
    globalKnownHostsFiles: [],
    strictHostKeyChecking: options.strict ?? 'ask',
    strictWasOff: false,
    addressFamily: 'any',
    bindAddress: undefined,
    connectTimeout: undefined,
    serverAliveInterval: 0,
    serverAliveCountMax: 3,
    algorithms: { hostKeys: [], kex: [], ciphers: [], macs: [], publicKeys: [] },
    requiredRsaSize: 1024,
    methods: { publicKey: true, password: false, keyboardInteractive: false, preferred: undefined },
    named: {},
    batchMode: false,
    needsOpenSsh: [],
    resolvedBy: 'ssh',
    keywords: new Set(),
  } satisfies SshSettings
  const open = vi.fn<() => Promise<Duplex>>(
    options.open ??
      (async () => {
        const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true })
        socket.on('error', () => undefined)
        await once(socket, 'connect')
        return socket
      }),
  )
  const login: Loggable['login'] = async (more = {}, signal = always, waits) => {
    const connection = await loginToHost({ target: { ...settings, ...more }, hops: [] }, open, shared, signal, waits)
    onTestFinished(async () => {
      connection.close()
      await connection.closed
    })
    return connection
  }
  return {
    shared,
    settings,
    contacts: () => open.mock.calls.length,
    login,
    refusal: async (more, waits) => {
      const error: unknown = await login(more, always, waits).catch((thrown: unknown) => thrown)
      if (error instanceof ConnectionError) return error
      throw new Error(`it was let in, or failed otherwise: ${String(error)}`)
    },
  }
}
