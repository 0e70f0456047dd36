import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { type Clean, clean } from '../../../text/clean.ts'
import { type Attempt, type Connect, type Connection, ConnectionError } from '../connection.ts'
import { connectOpenSsh, type OpenSshConnection } from '../openssh/openssh.ts'
import { createPassages } from '../openssh/passages.ts'
import { createAddresses, type Family } from './addresses.ts'
import { askingSshG } from './asking-ssh-g.ts'
import { openAgents } from './auth/agent.ts'
import { noHistory } from './auth/failures.ts'
import { keepHistory, readHistory, type WriteState } from './auth/failures-file.ts'
import type { LoginResult } from './auth/first-contact.ts'
import { openKeyFiles } from './auth/key-files.ts'
import type { AskPerson } from './auth/prompts.ts'
import { createUnlocker } from './auth/unlock.ts'
import { createBastions } from './bastions.ts'
import { thisClient } from './client.ts'
import { loginToHost, NeedsOpenSsh } from './host-login.ts'
import { createKeyDecisions } from './key-decisions.ts'
import { createLogins } from './logins.ts'
import type { PresentedKey } from './presented-key.ts'
import { createRecall, familyOf } from './recall.ts'
import { createSettingsResolver } from './resolve-settings.ts'
import type { Shared } from './shared.ts'
import { createSlots } from './slots.ts'
import { type OpenSocket, openSocket } from './socket.ts'
import type { SshConnection } from './ssh.ts'
import type { Route, SshSettings } from './ssh-settings.ts'
import { loginBySystem } from './system-login.ts'
import { createTrustedKeys } from './trusted-keys.ts'

export type TransportChoice = 'auto' | 'ssh' | 'openssh'

export interface FleetOptions {
  /** ssh's `-F`; undefined: the user's and the system's files. */
  readonly configFile: string | undefined
  readonly transport: TransportChoice
  /** Where accepted keys and refused logins are kept; undefined: nowhere, they are forgotten at the end. */
  readonly stateFolder: string | undefined
  /** A folder for sockets, for this run. */
  readonly controlFolder: string
  readonly write: WriteState
  /** Both undefined: headless, nobody is asked. */
  readonly ask: AskPerson | undefined
  readonly decide: ((keys: readonly PresentedKey[]) => Promise<boolean>) | undefined
  /** Something could not be kept. */
  readonly failed: (error: unknown) => void
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Monotonic and wall milliseconds. */
  readonly now: () => number
  readonly wall: () => number
  readonly signal: AbortSignal
}

/** All nodes that are reached by ssh, and what their logins share. */
export interface Fleet {
  /** Connects to a host as `ssh HOST` would. */
  connectTo(host: string): Connect
  /** How a host would be reached, and as whom; it is not contacted. Rejects as connecting would. */
  wayTo(host: string): Promise<{ readonly user: Clean; readonly route: Clean }>
  /** A person wants everything tried again. */
  pressed(): void
  close(): void
}

/** Milliseconds until a connection is there, where the configuration says nothing. */
const connectLimit = 10_000

const find = (host: string, family: Family) => lookup(host, { all: true, ...(family === 'any' ? {} : { family }) })

const endpoint = ({ user, hostName, port }: SshSettings): string =>
  `${user}@${hostName.includes(':') ? `[${hostName}]` : hostName}${port === 22 ? '' : `:${port}`}`

const routeText = ({ target, hops }: Route): string =>
  [endpoint(target), ...hops.toReversed().map(({ alias }) => alias)].join(' via ')

/** Of an address that no name server tells any more; `worked`: wall milliseconds of when it last led to the host. */
const fromCache = (worked: number): Clean =>
  clean(`address from cache, of ${new Date(worked).toISOString().slice(0, 16)} UTC: name servers do not answer`)

/** Why a whole route needs the system's ssh; undefined: ssh2 will do. */
const needOf = ({ target, hops }: Route): string | undefined =>
  [...hops, target].flatMap(({ needsOpenSsh }) => needsOpenSsh)[0]

export const createFleet = async (options: FleetOptions): Promise<Fleet> => {
  const { now, signal, stateFolder, environment } = options
  const resolve = createSettingsResolver({ configFile: options.configFile, signal })
  const ownKeys = join(stateFolder ?? options.controlFolder, 'known_hosts')
  const trusted = createTrustedKeys(ownKeys)
  const keyFiles = openKeyFiles()
  const agents = openAgents()
  const shared: Shared = {
    addresses: createAddresses({ lookup: find, now }),
    keyring: { agents, keyFiles, environment },
    unlocker: createUnlocker(keyFiles, options.ask, signal),
    trusted,
    decisions: createKeyDecisions({ trusted, decide: options.decide, failed: options.failed }),
    logins: createLogins({
      start: stateFolder === undefined ? noHistory : await readHistory(stateFolder),
      keeper: stateFolder === undefined ? undefined : keepHistory(options.write, options.failed),
      now,
      wall: options.wall,
      door: options.ask === undefined ? 'headless' : 'person',
    }),
    slots: createSlots(),
    ask: options.ask,
    now,
  }
  const how = { program: 'ssh', configFile: options.configFile, timeLimit: 5000, environment: thisClient().environment }
  const recall = createRecall({ addresses: shared.addresses, trusted, askSsh: askingSshG(how, signal) })
  // Hosts that only the system's ssh got along with: they are not asked in vain again.
  const native = new Set<string>()

  /** A host key that a person is yet to decide on says nothing about our login. */
  const refusalOf = (error: unknown): LoginResult => {
    if (!(error instanceof ConnectionError) || error.reason.state !== 'denied') return 'unreached'
    const { again } = error.reason
    return typeof again === 'object' && 'when' in again ? 'unreached' : 'refused'
  }

  /** Logs in over a socket straight to the host, or over another way to it. */
  const login = async (
    route: Route,
    way: ((asked: AbortSignal) => Promise<Duplex>) | undefined,
    asked: AbortSignal,
    waits?: Attempt['waits'],
  ): Promise<SshConnection> => {
    const { target: settings } = route
    let opened: OpenSocket | undefined
    const direct = async (inner: AbortSignal): Promise<Duplex> => {
      opened = await openSocket(
        {
          host: settings.hostName,
          port: settings.port,
          family: familyOf(settings),
          ...(settings.bindAddress === undefined ? {} : { from: settings.bindAddress }),
          addresses: shared.addresses,
          limit: settings.connectTimeout === undefined ? connectLimit : settings.connectTimeout * 1000,
        },
        inner,
      )
      return opened.socket
    }
    const connection = await loginToHost(route, way ?? direct, shared, asked, waits)
    // The host has proved who it is: its address is good.
    if (opened !== undefined) shared.addresses.worked(settings.hostName, opened.address)
    return opened?.remembered === undefined
      ? connection
      : { ...connection, remark: fromCache(options.wall() - (now() - opened.remembered)) }
  }

  // A node's login has its place while it waits for its bastion, which needs none of its own: there is one login of it.
  const bastions = createBastions(login)

  const bySsh2 = async (route: Route, asked: AbortSignal, attempt: Attempt | undefined): Promise<Connection> => {
    const { target, hops } = route
    const taken = clean(routeText(route))
    attempt?.goes({ transport: 'ssh', route: taken })
    const way =
      hops.length === 0
        ? undefined
        : (inner: AbortSignal) => bastions.open(hops, target.hostName, target.port, inner, attempt?.waits)
    const connection = await shared.slots.run(target.user, () => login(route, way, asked, attempt?.waits), refusalOf)
    return { ...connection, route: taken }
  }

  const connectSystem = (route: Route, passage: string | undefined, asked: AbortSignal) => {
    const connect = (mayAskAgent: boolean) => startSystem(route.target, passage, mayAskAgent, asked)
    return loginBySystem(route, connect, shared)
  }

  const startSystem = async (
    settings: SshSettings,
    passage: string | undefined,
    mayAskAgent: boolean,
    asked: AbortSignal,
  ): Promise<OpenSshConnection> => {
    // Where something stands between, ssh knows no address of the host, and asks for none.
    const isDirect = passage === undefined && settings.proxyCommand === undefined
    // What hinders the memory is no reason not to try as ever.
    const recalled = isDirect ? await recall(settings).catch(() => undefined) : undefined
    const reached = (address: string): void =>
      shared.addresses.worked(settings.hostName, { address, family: isIP(address) })
    const connection = await connectOpenSsh(
      {
        host: settings.alias,
        as: settings.named,
        program: 'ssh',
        configFile: options.configFile,
        controlFolder: options.controlFolder,
        strictHostKeyChecking: settings.strictHostKeyChecking === 'accept-new' ? 'accept-new' : 'yes',
        knownHosts: { ours: ownKeys, user: settings.userKnownHostsFiles },
        limit: settings.connectTimeout === undefined ? 2 * connectLimit : settings.connectTimeout * 1000,
        keepalive: { interval: 10_000, count: 3 },
        known: settings.keywords,
        mayAskAgent,
        environment,
        ...(passage === undefined ? {} : { passage }),
        ...(recalled === undefined ? {} : { at: recalled.at }),
        ...(isDirect ? { reached } : {}),
      },
      asked,
    )
    return recalled === undefined
      ? connection
      : { ...connection, remark: fromCache(options.wall() - (now() - recalled.worked)) }
  }

  const passages = createPassages(connectSystem)

  const bySystem = async (route: Route, asked: AbortSignal, attempt: Attempt | undefined): Promise<Connection> => {
    const { target, hops } = route
    const taken = clean(routeText(route))
    attempt?.goes({ transport: 'openssh', route: taken })
    const connection = await shared.slots.run(
      target.user,
      async () => connectSystem(route, await passages.through(hops, asked), asked),
      refusalOf,
    )
    return { ...connection, route: taken }
  }

  return {
    connectTo: (host) => async (asked, attempt) => {
      const route = await resolve(host)
      const isSystem = options.transport === 'openssh' || native.has(host) || needOf(route) !== undefined
      if (isSystem && options.transport !== 'ssh') return bySystem(route, asked, attempt)
      try {
        return await bySsh2(route, asked, attempt)
      } catch (error) {
        // Never after a host key or a login was refused: those are answers, not misunderstandings.
        if (!(error instanceof NeedsOpenSsh) || options.transport !== 'auto') throw error
        native.add(host)
        return await bySystem(route, asked, attempt)
      }
    },
    async wayTo(host) {
      const route = await resolve(host)
      return { user: clean(route.target.user), route: clean(routeText(route)) }
    },
    pressed() {
      shared.logins.pressed()
      // A ticket, a certificate or a line of the configuration may have come.
      resolve.forget()
      native.clear()
      // A question that is open is waited for: what it is about is known only afterwards.
      void keyFiles.forget()
      void shared.unlocker.forget()
    },
    close() {
      bastions.close()
      passages.close()
      agents.close()
    },
  }
}
