import type * as z from 'zod/mini'
import type { Thresholds } from './thresholds.ts'
import { file, folder, historySize, hostList, type OptInRequest, oneOf, optInList, urlList } from './values.ts'

const colours = ['auto', 'never', '16', '256', 'truecolor'] as const
const sudo = ['none', 'commands', 'root'] as const
const transports = ['auto', 'ssh', 'openssh'] as const
const glyphs = ['auto', 'braille', 'block', 'ascii'] as const

/** What a person can set in every way: by flag, environment, context, file. */
export interface Values {
  /** Names and patterns of hosts, as a person wrote them. */
  readonly hosts: readonly string[]
  readonly hostsFile: string | undefined
  readonly sshConfig: string | undefined
  readonly transport: (typeof transports)[number]
  readonly with: readonly OptInRequest[]
  /** Bytes. */
  readonly historyMemory: number
  readonly etcdMetrics: readonly string[]
  readonly diskProbeFolder: string | undefined
  readonly sudo: (typeof sudo)[number]
  readonly color: (typeof colours)[number]
  readonly glyphs: (typeof glyphs)[number]
}

export type SettingKey = keyof Values

/** One setting: from this row follow its flag, its environment variable, its key in the file, its help and its docs. */
export interface Setting<Value> {
  readonly schema: z.ZodMiniType<Exclude<Value, undefined>>
  readonly default: Value
  /** The default as people would write it. */
  readonly shown: string
  /** Several values: comma-separated in a flag or variable, a list in the file. */
  readonly list: boolean
  /** Stands for the value in help texts. */
  readonly argument: string
  readonly description: string
}

export const settingsTable: { readonly [Key in SettingKey]: Setting<Values[Key]> } = {
  hosts: {
    schema: hostList,
    default: [],
    shown: 'none',
    list: true,
    argument: 'HOST[,HOST]',
    description: 'watch these hosts over ssh; patterns such as web*,!web9 stand for Hosts of the ssh configuration',
  },
  hostsFile: {
    schema: file,
    default: undefined,
    shown: 'none',
    list: false,
    argument: 'FILE',
    description: 'watch the hosts of a file over ssh, one a line',
  },
  sshConfig: {
    schema: file,
    default: undefined,
    shown: "ssh's own",
    list: false,
    argument: 'FILE',
    description: 'the ssh configuration to use instead of your own, as -F of ssh',
  },
  transport: {
    schema: oneOf(transports),
    default: 'auto',
    shown: 'auto',
    list: false,
    argument: transports.join('|'),
    description:
      'how hosts are reached: by ssh2 in kntop, by the ssh of the system, or the second where the first cannot',
  },
  with: {
    schema: optInList,
    default: [],
    shown: 'none',
    list: true,
    argument: 'NAME[,NAME]',
    description: 'run these opt-ins, or all; NAME@local only on this machine',
  },
  historyMemory: {
    schema: historySize,
    default: 64 * 2 ** 20,
    shown: '64MiB',
    list: false,
    argument: 'SIZE',
    description: 'memory for the history of all figures, 4MB to 4GB',
  },
  etcdMetrics: {
    schema: urlList,
    default: [],
    shown: 'none',
    list: true,
    argument: 'URL[,URL]',
    description: 'further metrics URLs of etcd, asked on each node',
  },
  diskProbeFolder: {
    schema: folder,
    default: undefined,
    shown: 'a new one in the state folder',
    list: false,
    argument: 'DIR',
    description: 'where the opt-in disk-probe writes',
  },
  sudo: {
    schema: oneOf(sudo),
    default: 'none',
    shown: 'none',
    list: false,
    argument: sudo.join('|'),
    description:
      'what runs as root on a node, by sudo -n: nothing, what "kntop commands --output sudoers" prints, or all of kntop, which is equal to root',
  },
  color: {
    schema: oneOf(colours),
    default: 'auto',
    shown: 'auto',
    list: false,
    argument: colours.join('|'),
    description: 'colours of the terminal',
  },
  glyphs: {
    schema: oneOf(glyphs),
    default: 'auto',
    shown: 'auto',
    list: false,
    argument: glyphs.join('|'),
    description: 'symbols that lines and bars are drawn with',
  },
}

export const settingKeys = Object.keys(settingsTable) as readonly SettingKey[]

/** `historyMemory` as a flag without its dashes: `history-memory`. */
export const flagOf = (key: SettingKey): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** `historyMemory` as an environment variable: `KNTOP_HISTORY_MEMORY`. */
export const variableOf = (key: SettingKey): string => `KNTOP_${flagOf(key).replaceAll('-', '_').toUpperCase()}`

/** Where the value of a setting was found. */
export type Provenance =
  | { readonly from: 'flag'; readonly flag: string }
  | { readonly from: 'environment'; readonly variable: string }
  | { readonly from: 'context'; readonly context: string; readonly file: string; readonly line: number }
  | { readonly from: 'file'; readonly file: string; readonly line: number }
  | { readonly from: 'default' }

/** Everything that was set, for one context. */
export interface Settings extends Values {
  /** Metrics whose levels were changed, with all levels that hold for them; their origin names file and line. */
  readonly thresholds: Thresholds
  /** Node names of the cluster, and the hosts that they are to ssh. */
  readonly nodes: Readonly<Record<string, string>>
  readonly provenance: Readonly<Record<SettingKey, Provenance>>
  /** Opt-ins that the contexts of the file name: a wrong name there is wrong now, not when the context is used. */
  readonly contextOptIns?: readonly { readonly with: readonly OptInRequest[]; readonly provenance: Provenance }[]
}

/** A provenance as it stands in messages: `--with`, `KNTOP_WITH`, `config.yaml:3`, `the default`. */
export const provenanceText = (provenance: Provenance): string => {
  if (provenance.from === 'flag') return provenance.flag
  if (provenance.from === 'environment') return provenance.variable
  return provenance.from === 'default' ? 'the default' : `${provenance.file}:${provenance.line}`
}
