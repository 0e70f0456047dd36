import { flagOf, type SettingKey, settingKeys, settingsTable } from '../config/settings.ts'
import { failLevels } from '../export/fail-on.ts'
import { commandFormats, formats } from '../export/format.ts'

/** Modes in which only some flags mean something. */
export type FlagMode = 'once' | 'stream' | 'commands' | 'rbac'

/** One flag: how it is called, what it takes, and where it may stand. */
export interface Flag {
  /** Without dashes. */
  readonly name: string
  readonly short?: string
  /** Stands for its value in help texts; a flag without one takes no value. */
  readonly argument?: string
  readonly description: string
  readonly group: 'mode' | 'headless' | 'setting' | 'other'
  /** Modes it means something in; not there: all. */
  readonly modes?: readonly FlagMode[]
  readonly setting?: SettingKey
  /** What it sets, where it takes no value. */
  readonly value?: string
}

/** Seconds that `--once` watches. */
export const waits = { usual: 5, most: 3600 } as const

/** Every flag, in the order in which help shows them. */
export const flags: readonly Flag[] = [
  { name: 'once', description: 'print what is known after a few seconds, and end', group: 'mode' },
  { name: 'stream', description: 'write one JSON line a second until interrupted', group: 'mode' },
  {
    name: 'output',
    argument: formats.join('|'),
    description: `how --once prints; default table; commands: ${commandFormats.join(', ')}`,
    group: 'headless',
    modes: ['once', 'commands'],
  },
  {
    name: 'wait',
    argument: 'SECONDS',
    description: `how long --once watches, a reading a second, before it prints; default ${waits.usual}, longer where an opt-in needs it`,
    group: 'headless',
    modes: ['once'],
  },
  {
    name: 'fail-on',
    argument: failLevels.join('|'),
    description: 'exit with 3 where a figure is that bad, or a node not watched',
    group: 'headless',
    modes: ['once', 'stream'],
  },
  ...settingKeys.flatMap((key): readonly Flag[] => {
    const { argument, description, short, switches = [], onlySwitches } = settingsTable[key]
    const of = { group: 'setting', setting: key } as const
    const own: Flag = { name: flagOf(key), argument, description, ...of, ...(short === undefined ? {} : { short }) }
    return [...(onlySwitches ? [] : [own]), ...switches.map((one) => ({ ...one, ...of }))]
  }),
  { name: 'config', argument: 'FILE', description: 'read this configuration and not the usual one', group: 'other' },
  { name: 'local', description: 'watch this machine and nothing else', group: 'other' },
  { name: 'version', description: 'print the version', group: 'other' },
  { name: 'help', short: 'h', description: 'print this', group: 'other' },
]

export const usage = (flag: Flag): string => `--${flag.name}${flag.argument === undefined ? '' : ` ${flag.argument}`}`
