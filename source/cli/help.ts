import { settingKeys, variableOf } from '../config/settings.ts'
import { clean, joinClean } from '../text/clean.ts'
import { fit, widthOf, wrap } from '../text/width.ts'
import { type Flag, flags, usage } from './flags.ts'

const width = 80
const margin = 2
const described = 30

const headings = {
  mode: 'How to run (without either: in the terminal)',
  headless: 'With --once and --stream',
  pod: 'With pod and host',
  setting: 'Settings (also in the environment and in config.yaml)',
  other: 'Other',
} as const satisfies Record<Flag['group'], string>

/** A flag and its description beside it, or below where it is too long to stand beside. */
const flagLines = (flag: Flag): readonly string[] => {
  const name = clean(`${' '.repeat(margin)}${usage(flag)}${flag.short === undefined ? '' : `, -${flag.short}`}`)
  const lines = wrap(clean(flag.description), width - described)
  const indent = ' '.repeat(described)
  if (widthOf(name) >= described) return [name, ...lines.map((line) => `${indent}${line}`)]
  return lines.map((line, index) => (index === 0 ? joinClean([fit(name, described), line]) : `${indent}${line}`))
}

const groupLines = (group: Flag['group']): readonly string[] => [
  '',
  headings[group],
  ...flags.filter((flag) => flag.group === group).flatMap(flagLines),
]

const variables = wrap(clean(`Variables: ${settingKeys.map(variableOf).join(', ')}, NO_COLOR.`), width)

/** What `--help` prints, 80 columns wide. */
export const helpText = [
  'kntop: why is the network slow, on which node, and what to do',
  '',
  'Usage: kntop [flags]',
  '       kntop pod [NAMESPACE/]NAME [flags]: print the network namespace of a pod,',
  '       seen once; kntop host [NODE] [flags]: that of a node itself',
  '       kntop commands [flags]: print every command that may run on a node, with',
  '       its cost; --output sudoers prints what --sudo commands needs',
  '       kntop rbac: print the Kubernetes roles that kntop needs, and no more',
  ...(['mode', 'headless', 'pod', 'setting', 'other'] as const).flatMap(groupLines),
  '',
  ...variables,
  '',
  'Exit codes: 0 fine, 1 nothing could be watched, 2 wrong use, 3 --fail-on was',
  'reached, 129 the terminal hung up, 130 interrupted, 143 ended by SIGTERM.',
  '',
].join('\n')
