import { flagOf, type SettingKey, settingKeys, settingsTable } from '../config/settings.ts'
import { failLevels } from '../export/fail-on.ts'
import { commandFormats, formats, podFormats } from '../export/format.ts'
import { waits } from '../export/waits.ts'

/** Modes that a word in the first place chooses, and why they do not take what the others do. */
export const wordModes = {
  commands: 'what may run on a node does not depend on it',
  rbac: 'it prints one manifest, whatever is set',
  pod: 'it looks once at one namespace',
  host: 'it looks once at one namespace',
} as const
export type WordMode = keyof typeof wordModes

/** Ways to run: in the terminal, by a flag, or by a word. */
export type FlagMode = 'watch' | 'once' | 'stream' | WordMode

/** Modes in which nodes are watched. Without a terminal `watch` does what `once` does, so they take the same settings. */
const watching = ['watch', 'once', 'stream'] as const satisfies readonly FlagMode[]

/** Modes that look at one network namespace. */
const looking = ['pod', 'host'] as const satisfies readonly FlagMode[]

const everywhere = [...watching, ...looking, 'commands', 'rbac'] as const satisfies readonly FlagMode[]

/** Settings that decide what may run on a node. */
const ofCommands: ReadonlySet<SettingKey> = new Set(['etcdMetrics', 'diskProbeFolder', 'sudo'])

/** Settings that decide how a node is reached. */
const ofReaching: ReadonlySet<SettingKey> = new Set([
  ...(['kubeconfig', 'context', 'namespace', 'as', 'ssh', 'sshConfig', 'transport', 'sudo'] as const),
])

const modesOf = (key: SettingKey): readonly FlagMode[] => [
  ...watching,
  ...(ofCommands.has(key) ? (['commands'] as const) : []),
  ...(ofReaching.has(key) ? looking : []),
  ...(key === 'hosts' ? (['host'] as const) : []),
]

/** One flag: how it is called, what it takes, and where it may stand. */
export interface Flag {
  /** Without dashes. */
  readonly name: string
  readonly short?: string
  /** Stands for its value in help texts; a flag without one takes no value. */
  readonly argument?: string
  readonly description: string
  readonly group: 'mode' | 'headless' | 'pod' | 'setting' | 'other'
  /** Modes it means something in. */
  readonly modes: readonly FlagMode[]
  readonly setting?: SettingKey
  /** What it sets, where it takes no value. */
  readonly value?: string
}

/** Every flag, in the order in which help shows them. */
export const flags: readonly Flag[] = [
  { name: 'once', description: 'print what is known after a few seconds, and end', group: 'mode', modes: watching },
  { name: 'stream', description: 'write one JSON line a second until interrupted', group: 'mode', modes: watching },
  {
    name: 'output',
    argument: formats.join('|'),
    description: `how --once prints; default table; pod and host: ${podFormats.join(', ')}; commands: ${commandFormats.join(', ')}`,
    group: 'headless',
    modes: ['once', 'commands', ...looking],
  },
  {
    name: 'wait',
    argument: 'SECONDS',
    description: `how long --once watches, a reading a second, before it prints; default ${waits.usual}, longer where an opt-in needs it; pod and host: how long they wait for answers at most, ${waits.pod}`,
    group: 'headless',
    modes: ['once', ...looking],
  },
  {
    name: 'fail-on',
    argument: failLevels.join('|'),
    description: 'exit with 3 where a figure is that bad, or a node not watched',
    group: 'headless',
    modes: ['once', 'stream'],
  },
  {
    name: 'tab',
    argument: 'NAME[,NAME]',
    description: 'which tabs; all that are taken by themselves without it',
    group: 'pod',
    modes: looking,
  },
  {
    name: 'service',
    argument: 'NAMESPACE/NAME',
    description: 'whose rules, with --tab rules; without it the first service that chooses the pod',
    group: 'pod',
    modes: looking,
  },
  {
    name: 'yes',
    description: 'also take what shows its cost and asks first, such as a listing of a large table',
    group: 'pod',
    modes: looking,
  },
  ...settingKeys.flatMap((key): readonly Flag[] => {
    const { argument, description, short, switches = [], onlySwitches } = settingsTable[key]
    const modes = modesOf(key)
    const of = { group: 'setting', setting: key, modes } as const
    const own: Flag = { name: flagOf(key), argument, description, ...of, ...(short === undefined ? {} : { short }) }
    return [...(onlySwitches ? [] : [own]), ...switches.map((one) => ({ ...one, ...of }))]
  }),
  {
    name: 'config',
    argument: 'FILE',
    description: 'read this configuration and not the usual one',
    group: 'other',
    modes: [...watching, ...looking, 'commands'],
  },
  {
    name: 'local',
    description: 'watch this machine and nothing else',
    group: 'other',
    modes: [...watching, 'host'],
  },
  { name: 'version', description: 'print the version', group: 'other', modes: everywhere },
  { name: 'help', short: 'h', description: 'print this', group: 'other', modes: everywhere },
]

export const usage = (flag: Flag): string => `--${flag.name}${flag.argument === undefined ? '' : ` ${flag.argument}`}`
