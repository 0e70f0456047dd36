import { resolve as absolute, join } from 'node:path'
import { boundHeap } from './cli/bound-heap.ts'
import { isOutputClosed } from './cli/closed-output.ts'
import { endProcess } from './cli/end.ts'
import { lastWords } from './cli/last-words.ts'
import { type Options, readOptions, version } from './cli/options.ts'
import { readConfigFile } from './config/config-file.ts'
import { foldersOf } from './config/folders.ts'
import { refuseUnread } from './config/refuse-unread.ts'
import { resolve } from './config/resolve.ts'
import { openStateFolder } from './config/state-folder.ts'
import { WrongUse } from './config/wrong-use.ts'
import { capabilitiesOf } from './terminal/capabilities.ts'

const exitCodes = { fine: 0, failed: 1, wrongUse: 2 } as const

const warn = (text: string): void => void process.stderr.write(`kntop: ${text}\n`)

const prepare = async ({ config, settings }: Extract<Options, { config: unknown }>) => {
  const folders = foldersOf(process.env)
  const usual = folders.config === undefined ? undefined : join(folders.config, 'config.yaml')
  const named = config === undefined ? usual : absolute(config)
  const file = named === undefined ? undefined : await readConfigFile(named, config !== undefined)
  const sources = { flags: settings, environment: process.env, file }
  const state = await openStateFolder(folders.state)
  if ('unusable' in state) warn(`nothing will be remembered: ${state.unusable}`)
  return { sources, stateFolder: 'folder' in state ? state.folder : undefined }
}

/** Why no screen can be drawn here; undefined where one can. A variable named `CI` is no reason. */
const noScreen = (): string | undefined => {
  if (!process.stdout.isTTY) return 'the output is not a terminal'
  if (!process.stdin.isTTY) return 'the input is not a terminal'
  return capabilitiesOf({ environment: process.env }).isDumb ? 'TERM names a terminal that cannot draw' : undefined
}

/** Does what the arguments ask for; gives back the exit code. A mode is loaded only when it is chosen. */
const run = async (argv: readonly string[]): Promise<number> => {
  const options = readOptions(argv)
  if (options.mode === 'help' || options.mode === 'version') {
    const { print } = await import('./modes/output.ts')
    const text = options.mode === 'help' ? (await import('./cli/help.ts')).helpText : `${version}\n`
    await print(text, process.stdout)
    return exitCodes.fine
  }
  // Whoever asks for an exit code only, needs no output.
  const isForOutput = !('failOn' in options) || options.mode === 'watch' || options.failOn === undefined
  if (isForOutput && isOutputClosed()) {
    warn(
      'cannot write: standard output is closed (or /dev/null, opened to be read as well: use --fail-on, or >/dev/null)',
    )
    return exitCodes.failed
  }
  if (options.mode === 'rbac') return (await import('./modes/rbac.ts')).rbac()
  const { sources, stateFolder } = await prepare(options)
  const general = resolve(sources, null)
  if (options.mode === 'commands') {
    await refuseUnread(general)
    return (await import('./modes/commands.ts')).commands(general, options)
  }
  const { chooseCluster } = await import('./modes/choose-cluster.ts')
  // A pod is one of a cluster, whatever hosts the settings name.
  const named = options.mode === 'pod' ? { ...general, hosts: [], hostsFile: undefined } : general
  const chosen = options.local ? undefined : await chooseCluster(named, process.env)
  const cluster = chosen?.state === 'found' ? chosen : undefined
  const note =
    chosen?.state === 'none' && !('subject' in options) ? `${chosen.cause}; so this machine is watched` : undefined
  const settings = cluster === undefined ? general : resolve(sources, cluster.target.context ?? null)
  if (!options.local) await refuseUnread(settings)
  const surroundings = { stateFolder, cluster, local: options.local, note }
  if ('subject' in options) return (await import('./modes/pod/pod.ts')).pod(settings, options, surroundings)
  boundHeap()
  const why = options.mode === 'watch' ? noScreen() : undefined
  if (options.mode === 'watch' && why === undefined)
    return (await import('./modes/screen.ts')).screen(settings, surroundings)
  if (why !== undefined) warn(`${why}, so this prints once, as --once does`)
  // A person is told; what runs by itself on such a machine does so every time.
  if (note !== undefined && process.stderr.isTTY) warn(note)
  if (options.mode === 'stream') return (await import('./modes/stream.ts')).stream(settings, options, surroundings)
  return (await import('./modes/once.ts')).once(settings, options, surroundings)
}

/** Says what failed and ends the process with the exit code for it. */
const fail = (error: unknown): never => {
  process.stderr.write(lastWords(error))
  return endProcess(error instanceof WrongUse ? exitCodes.wrongUse : exitCodes.failed)
}

/** The program. Ends the process with its exit code, whatever is still open. */
export const main = async (argv: readonly string[] = process.argv.slice(2)): Promise<void> => {
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  // What is said on stderr is said, heard or not.
  process.stderr.on('error', () => undefined)
  try {
    endProcess(await run(argv))
  } catch (error) {
    fail(error)
  }
}
