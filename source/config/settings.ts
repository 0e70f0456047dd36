import type * as z from 'zod/mini'
import type { Thresholds } from './thresholds.ts'
import {
  contextName,
  everyNamespace,
  file,
  folder,
  historySize,
  hostList,
  namespaceName,
  type OptInRequest,
  oneOf,
  optInList,
  urlList,
  userName,
} from './values.ts'

const colours = ['auto', 'never', '16', '256', 'truecolor'] as const
const consents = ['ask', 'yes', 'no'] as const
const sudo = ['none', 'commands', 'root'] as const
const transports = ['auto', 'ssh', 'openssh'] as const
const glyphs = ['auto', 'braille', 'block', 'ascii'] as const

/** What a person can set in every way: by flag, environment, context, file. */
export interface Values {
  /** Names and patterns of hosts, as a person wrote them. */
  readonly hosts: readonly string[]
  readonly hostsFile: string | undefined
  readonly kubeconfig: string | undefined
  readonly context: string | undefined
  /** Undefined: that of the context, where not all may be read. */
  readonly namespace: string | undefined
  readonly as: string | undefined
  /** Whether nodes of a cluster may be logged in to. */
  readonly ssh: (typeof consents)[number]
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
  /** A letter that stands for the flag. */
  readonly short?: string
  /** Flags without a value that stand for one. */
  readonly switches?: readonly Switch[]
  /** The flag itself is one of the switches: it takes no value. */
  readonly onlySwitches?: true
}

/** A flag without a value, which sets one. */
export interface Switch {
  readonly name: string
  readonly short?: string
  readonly value: string
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
  kubeconfig: {
    schema: file,
    default: undefined,
    shown: "kubectl's own",
    list: false,
    argument: 'FILE',
    description: 'the kubeconfig, and no other; without it KUBECONFIG and ~/.kube/config, merged as kubectl does it',
  },
  context: {
    schema: contextName,
    default: undefined,
    shown: 'the current one',
    list: false,
    argument: 'NAME',
    description: 'the context of the kubeconfig',
  },
  namespace: {
    schema: namespaceName,
    default: undefined,
    shown: 'all that may be read, else that of the context',
    list: false,
    argument: 'NAME',
    short: 'n',
    description: 'what to read and show where a namespace matters',
    switches: [{ name: 'all-namespaces', short: 'A', value: everyNamespace, description: 'all namespaces' }],
  },
  as: {
    schema: userName,
    default: undefined,
    shown: 'nobody',
    list: false,
    argument: 'USER',
    description: 'ask the API server on behalf of this user, as kubectl --as does',
  },
  ssh: {
    schema: oneOf(consents),
    default: 'ask',
    shown: 'ask',
    list: false,
    argument: consents.join('|'),
    description: 'whether nodes of a cluster may be logged in to; asked once, where nothing is said',
    onlySwitches: true,
    switches: [
      { name: 'ssh', value: 'yes', description: 'log in to the nodes of the cluster, without asking' },
      { name: 'no-ssh', value: 'no', description: 'log in to no node: show what the API server knows' },
    ],
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
