import meow from 'meow'
import packageJson from '../../package.json' with { type: 'json' }
import type { SettingKey } from '../config/settings.ts'
import { quoted } from '../config/values.ts'
import { WrongUse } from '../config/wrong-use.ts'
import { type FailOn, failLevels } from '../export/fail-on.ts'
import { type CommandFormat, commandFormats, type Format, formats, podFormats } from '../export/format.ts'
import type { PodOptions } from '../export/pod-options.ts'
import { waits } from '../export/waits.ts'
import { type Flag, type FlagMode, flags, type WordMode, wordModes } from './flags.ts'
import { vet } from './vet.ts'

export const { version } = packageJson

/** What the command line asks for. */
export type Options =
  | { readonly mode: 'help' }
  | { readonly mode: 'version' }
  | { readonly mode: 'rbac' }
  | ({ readonly mode: 'commands'; readonly output: CommandFormat } & Chosen)
  | (PodOptions & {
      /** This machine and nothing else. */
      readonly local: boolean
    } & Chosen)
  | ({
      readonly mode: 'watch' | 'once' | 'stream'
      readonly output: Format
      /** Seconds; undefined: as long as what is asked for needs. */
      readonly wait: number | undefined
      readonly failOn: FailOn | undefined
      /** This machine and nothing else. */
      readonly local: boolean
    } & Chosen)

interface Chosen {
  /** The configuration file that was named. */
  readonly config: string | undefined
  /** Settings as typed. */
  readonly settings: Readonly<Partial<Record<SettingKey, string>>>
}

type Typed = ReadonlyMap<Flag, string | true>

interface Parsed {
  readonly typed: Typed
  /** Those that belong to no flag. */
  readonly words: readonly string[]
}

const camel = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

/** Which flags stand in arguments, with their values. `most`: words that may stand alone. */
const parse = (argv: readonly string[], most: number): Parsed => {
  const { words, joined } = vet(argv, most)
  const { flags: found } = meow({
    importMeta: import.meta,
    pkg: { name: packageJson.name, version },
    argv: joined,
    description: false,
    help: false,
    autoHelp: false,
    autoVersion: false,
    // A flag that is not there is left out of the result.
    booleanDefault: undefined,
    flags: Object.fromEntries(
      flags.map(({ name, short, argument }) => [
        camel(name),
        {
          type: argument === undefined ? ('boolean' as const) : ('string' as const),
          ...(short === undefined ? {} : { shortFlag: short as 'h' }),
        },
      ]),
    ),
  })
  const typed = flags.flatMap((flag): readonly (readonly [Flag, string | true])[] => {
    // The parser takes --no-ssh for the opposite of --ssh, whether or not it is a flag of its own.
    const isNegation = flag.name.startsWith('no-') && found[camel(flag.name.slice(3))] === false
    const value = isNegation || found[camel(flag.name)]
    return value === undefined || value === false ? [] : [[flag, typeof value === 'string' ? value : true]]
  })
  return { typed: new Map(typed), words }
}

/** Settings as typed. */
const settingsIn = (typed: Typed): Chosen['settings'] =>
  Object.fromEntries(
    Array.from(typed).flatMap(([{ setting, value = '' }, given]) =>
      setting === undefined ? [] : [[setting, given === true ? value : given]],
    ),
  )

const oneOf = <Word extends string>(
  name: string,
  text: string | undefined,
  words: readonly Word[],
): Word | undefined => {
  const word = words.find((known) => known === text)
  if (text === undefined || word !== undefined) return word
  throw new WrongUse(`--${name}: ${quoted(text)} is not one of ${words.join(', ')}`)
}

const waitOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (seconds <= waits.most) return seconds
  throw new WrongUse(`--wait: ${quoted(text)} is no number of seconds from 0 to ${waits.most}`)
}

const isWordMode = (text: string | undefined): text is WordMode => text !== undefined && Object.hasOwn(wordModes, text)

/** How a mode is chosen, as people type it. */
const typedMode = (mode: FlagMode): string => (isWordMode(mode) ? mode : `--${mode}`)

/** Refuses a flag that would make no difference: nobody would see that it was passed over. */
const refuseIn = (mode: FlagMode, { name, modes }: Flag): void => {
  if (modes.includes(mode)) return
  if (isWordMode(mode) && modes.includes('watch')) throw new WrongUse(`${mode} takes no --${name}: ${wordModes[mode]}`)
  throw new WrongUse(`--${name} means something only with ${modes.map(typedMode).join(' or ')}`)
}

/** What decides which cluster or hosts are watched, or how they are reached: nothing of it is there with this machine alone. */
const elsewhere: ReadonlySet<SettingKey> = new Set([
  ...(['hosts', 'hostsFile', 'kubeconfig', 'context', 'namespace', 'as'] as const),
  ...(['ssh', 'sshConfig', 'transport'] as const),
])

const refuseWithLocal = ({ name, setting }: Flag): void => {
  if (setting === undefined || !elsewhere.has(setting)) return
  throw new WrongUse(`--local and --${name} exclude each other`)
}

/**
 * Reads the command line. `--help` and `--version` come before everything else that is right. Throws {@link WrongUse}.
 */
export const readOptions = (argv: readonly string[]): Options => {
  const [first] = argv
  const word = isWordMode(first) ? first : undefined
  const isLook = word === 'pod' || word === 'host'
  const { typed, words } = parse(word === undefined ? argv : argv.slice(1), isLook ? 1 : 0)
  const has = (name: string): boolean => typed.keys().some((flag) => flag.name === name)
  const text = (name: string): string | undefined => {
    const value = typed.entries().find(([flag]) => flag.name === name)?.[1]
    return value === true ? undefined : value
  }
  if (has('help')) return { mode: 'help' }
  if (has('version')) return { mode: 'version' }
  if (has('once') && has('stream')) throw new WrongUse('--once and --stream exclude each other')
  const asked = has('once') ? 'once' : has('stream') ? 'stream' : 'watch'
  if (word !== undefined && asked !== 'watch') throw new WrongUse(`${word} and --${asked} exclude each other`)
  const mode = word ?? asked
  for (const flag of typed.keys()) refuseIn(mode, flag)
  if (mode === 'rbac') return { mode }
  const chosen: Chosen = { config: text('config'), settings: settingsIn(typed) }
  if (mode === 'commands') return { mode, output: oneOf('output', text('output'), commandFormats) ?? 'text', ...chosen }
  if (has('local')) for (const flag of typed.keys()) refuseWithLocal(flag)
  if (mode === 'pod' || mode === 'host')
    return {
      ...{
        mode,
        subject: words[0],
        wait: waitOf(text('wait')),
        tabs: text('tab'),
        yes: has('yes'),
        service: text('service'),
        local: has('local'),
      },
      output: oneOf('output', text('output'), podFormats) ?? 'table',
      ...chosen,
    }
  return {
    mode,
    output: oneOf('output', text('output'), formats) ?? 'table',
    wait: waitOf(text('wait')),
    failOn: oneOf('fail-on', text('fail-on'), failLevels),
    local: has('local'),
    ...chosen,
  }
}
