import meow from 'meow'
import packageJson from '../../package.json' with { type: 'json' }
import type { SettingKey } from '../config/settings.ts'
import { quoted } from '../config/values.ts'
import { WrongUse } from '../config/wrong-use.ts'
import { type FailOn, failLevels } from '../export/fail-on.ts'
import { type CommandFormat, commandFormats, type Format, formats } from '../export/format.ts'
import { type Flag, type FlagMode, flags, waits } from './flags.ts'
import { vet } from './vet.ts'

export const { version } = packageJson

/** What the command line asks for. */
export type Options =
  | { readonly mode: 'help' }
  | { readonly mode: 'version' }
  | { readonly mode: 'rbac' }
  | ({ readonly mode: 'commands'; readonly output: CommandFormat } & Chosen)
  | ({
      readonly mode: 'watch' | 'once' | 'stream'
      readonly output: Format
      /** Seconds; undefined: as long as what is asked for needs. */
      readonly wait: number | undefined
      readonly failOn: FailOn | undefined
    } & Chosen)

interface Chosen {
  /** The configuration file that was named. */
  readonly config: string | undefined
  /** Settings as typed. */
  readonly settings: Readonly<Partial<Record<SettingKey, string>>>
  /** This machine and nothing else. */
  readonly local: boolean
}

type Typed = ReadonlyMap<Flag, string | true>

const camel = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

/** Which flags stand in arguments, with their values. */
const parse = (argv: readonly string[]): Typed => {
  vet(argv)
  const { flags: found } = meow({
    importMeta: import.meta,
    pkg: { name: packageJson.name, version },
    argv,
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
  return new Map(typed)
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

/** Modes that are chosen by a word in the first place. */
const words = ['commands', 'rbac'] as const

/** How a mode is chosen, as people type it. */
const typedMode = (mode: FlagMode): string => (words.some((word) => word === mode) ? mode : `--${mode}`)

/**
 * Reads the command line. `--help` and `--version` come before everything else that is right. Throws {@link WrongUse}.
 */
export const readOptions = (argv: readonly string[]): Options => {
  const word = words.find((known) => known === argv[0])
  const typed = parse(word === undefined ? argv : argv.slice(1))
  const has = (name: string): boolean => typed.keys().some((flag) => flag.name === name)
  const text = (name: string): string | undefined => {
    const value = typed.entries().find(([flag]) => flag.name === name)?.[1]
    return value === true ? undefined : value
  }
  if (has('help')) return { mode: 'help' }
  if (has('version')) return { mode: 'version' }
  if (has('once') && has('stream')) throw new WrongUse('--once and --stream exclude each other')
  const chosen = has('once') ? 'once' : has('stream') ? 'stream' : 'watch'
  if (word !== undefined && chosen !== 'watch') throw new WrongUse(`${word} and --${chosen} exclude each other`)
  const mode = word ?? chosen
  for (const { name, modes } of typed.keys()) {
    if (modes === undefined || modes.some((one) => one === mode)) continue
    throw new WrongUse(`--${name} means something only with ${modes.map(typedMode).join(' or ')}`)
  }
  if (mode === 'rbac') {
    const [extra] = typed.keys()
    if (extra !== undefined)
      throw new WrongUse(`rbac takes no --${extra.name}: it prints one manifest, whatever is set`)
    return { mode }
  }
  const other = ['hosts', 'hosts-file', 'kubeconfig', 'context'].find(has)
  if (has('local') && other !== undefined) throw new WrongUse(`--local and --${other} exclude each other`)
  const common: Chosen = {
    config: text('config'),
    settings: settingsIn(typed),
    local: has('local'),
  }
  if (mode === 'commands') return { mode, output: oneOf('output', text('output'), commandFormats) ?? 'text', ...common }
  return {
    mode,
    output: oneOf('output', text('output'), formats) ?? 'table',
    wait: waitOf(text('wait')),
    failOn: oneOf('fail-on', text('fail-on'), failLevels),
    ...common,
  }
}
