import { clean } from '../../../text/clean.ts'
import { ConnectionError } from '../connection.ts'
import { askingSshG } from './asking-ssh-g.ts'
import { type Client, thisClient } from './client.ts'
import { clientFacts, hasTicket } from './client-facts.ts'
import { printedFromFiles } from './config-fallback.ts'
import { loadConfig } from './config-files.ts'
import { refuseBadHostName } from './host-name.ts'
import { writeJump } from './jump-spec.ts'
import { keepingSettings } from './kept-settings.ts'
import { needsOpenSsh } from './needs-openssh.ts'
import type { Asked } from './run-ssh-g.ts'
import { isOn, type Printed, parsePrinted, settingsOf } from './ssh-g.ts'
import type { Route, SshSettings } from './ssh-settings.ts'

export interface ResolverOptions {
  /** `-F` of ssh; undefined: the user's and the system's. */
  readonly configFile?: string | undefined
  /** Ends what runs. */
  readonly signal: AbortSignal
  /** ssh itself; a name is looked up in PATH. */
  readonly program?: string
  /** Milliseconds for one host. */
  readonly timeLimit?: number
  readonly client?: Client
}

const mostHops = 8

/** Finds out how a host is reached. */
export interface SettingsResolver {
  (host: string): Promise<Route>
  /** What was found until now may be otherwise: a person pressed a key. It is asked for again as soon as it is needed. */
  forget(): void
}

interface Remembered<T> {
  (key: string): Promise<T>
  forget(): void
}

/** Keeps what succeeds, and shares what is under way; a failure is forgotten, so that a corrected file is read again. */
const remembered = <T>(make: (key: string) => Promise<T>): Remembered<T> => {
  const kept = new Map<string, Promise<T>>()
  const get = (key: string): Promise<T> => {
    const old = kept.get(key)
    if (old !== undefined) return old
    const made = make(key)
    kept.set(key, made)
    made.catch(() => kept.get(key) === made && kept.delete(key))
    return made
  }
  return Object.assign(get, { forget: () => kept.clear() })
}

const refused = (cause: string): ConnectionError => new ConnectionError({ state: 'denied', cause: clean(cause) })

/**
 * Finds out how hosts are reached, by the user's own configuration: `ssh -G` for the host and for every hop of its ProxyJump
 * chain, each asked once until `forget`, 8 at a time. Where there is no ssh, the files are read by us. Rejects with a
 * {@link ConnectionError}.
 */
export const createSettingsResolver = ({
  configFile,
  signal,
  program = 'ssh',
  timeLimit = 5000,
  client = thisClient(),
}: ResolverOptions): SettingsResolver => {
  const askSsh = askingSshG({ program, configFile, timeLimit, environment: client.environment }, signal)

  const keep = keepingSettings()

  const files = remembered(() => loadConfig(configFile, client))
  const facts = remembered((paths) => clientFacts(JSON.parse(paths) as string[]))
  const ticket = remembered(() => hasTicket(client, signal))

  const ask = async (
    asked: Asked,
  ): Promise<{ readonly printed: Printed; readonly resolvedBy: SshSettings['resolvedBy'] }> => {
    const output = await askSsh(asked)
    if (output !== undefined) return { printed: parsePrinted(output), resolvedBy: 'ssh' }
    return { printed: printedFromFiles(await files(''), asked, client), resolvedBy: 'config-files' }
  }

  const settled = remembered(async (key: string): Promise<SshSettings> => {
    const asked = JSON.parse(key) as Asked
    refuseBadHostName(asked.host)
    const { printed, resolvedBy } = await ask(asked)
    const settings = settingsOf(printed, asked.host, client)
    const found = {
      ...(await facts(JSON.stringify(settings.identityFiles))),
      // A program may have to be asked: only where the answer counts.
      hasTicket: isOn(printed, 'gssapiauthentication', false) && (await ticket('')),
    }
    const { host: _, via: __, ...named } = asked
    return keep({ ...settings, named, resolvedBy, needsOpenSsh: needsOpenSsh(printed, settings, found) }, printed)
  })

  const route = async (asked: Asked, trail: readonly string[]): Promise<Route> => {
    // By the name that is asked for: a host may be its own bastion under another one, on the same address and port.
    const { host } = asked
    if (trail.includes(host))
      throw refused(`ProxyJump leads from ${host} back to itself: give the bastion a Host block with ProxyJump none`)
    const target = await settled(JSON.stringify(asked))
    const [last, ...before] = target.jumps.toReversed()
    if (last === undefined) return { target, hops: [] }
    if (trail.length === mostHops) throw refused(`ProxyJump leads over more than ${mostHops} hops`)
    // As ssh does it: each hop is reached over those named before it, and only the first by its own ProxyJump.
    const via = before.toReversed().map(writeJump).join(',')
    const hop = await route({ ...last, ...(via === '' ? {} : { via }) }, [...trail, host])
    return { target, hops: [...hop.hops, hop.target] }
  }

  const forget = (): void => {
    for (const kept of [files, facts, ticket, settled]) kept.forget()
  }
  return Object.assign((host: string) => route({ host }, []), { forget })
}
