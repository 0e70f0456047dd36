import type { PathInterface } from '../../events/look-path.ts'
import type { PathLook } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import { countersFrom } from './interface-files.ts'
import { numberAt, rowsIn, textAt } from './ip-json.ts'
import type { Sections } from './sections.ts'

type Ends = Pick<PathLook, 'inside' | 'outside' | 'bridge'>

/** `NAME RX-DROPPED TX-DROPPED RX-ERRORS TX-ERRORS`, as sysfs has them. */
const countersIn = (lines: readonly string[] = []): PathInterface | undefined => {
  const [, name, ...numbers] = /^(\S+) (\d+) (\d+) (\d+) (\d+)$/.exec(lines[0] ?? '') ?? []
  const [received = 0, sent = 0, receivedBad = 0, sentBad = 0] = numbers.map(Number)
  return name === undefined ? undefined : { name: clean(name), drops: received + sent, errors: receivedBad + sentBad }
}

/**
 * The root queue of an interface in what `tc -s qdisc show` prints: with `dev` in its first line where it tells of all.
 * `backlog 0b 0p requeues 0`; tc writes thousands as `12Kb`.
 */
export const queueIn = (lines: readonly string[] = [], name?: string): PathInterface['queue'] => {
  const start = lines.findIndex((line) => {
    const words = line.split(' ')
    const device = words.indexOf('dev')
    return (
      words[0] === 'qdisc' && words.includes('root') && (device < 0 || name === undefined || words[device + 1] === name)
    )
  })
  if (start < 0) return undefined
  const next = lines.findIndex((line, at) => at > start && line.startsWith('qdisc '))
  const text = lines.slice(start, next < 0 ? undefined : next).join('\n')
  const [, dropped] = /\(dropped (\d+),/.exec(text) ?? []
  const [, size, unit = ''] = /backlog (\d+)([KMG]?)b/.exec(text) ?? []
  if (dropped === undefined || size === undefined) return undefined
  const scale = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[unit] ?? Number.NaN
  return { name: clean(lines[start]?.split(' ')[1] ?? ''), backlog: Number(size) * scale, drops: Number(dropped) }
}

const withQueue = (one: PathInterface | undefined, sections: Sections): PathInterface | undefined => {
  const queue = one === undefined ? undefined : queueIn(sections.get(`queue ${one.name}`))
  return one === undefined || queue === undefined ? one : { ...one, queue }
}

/**
 * The way out of a pod: its first interface whose other end is known, else its first one beside lo. A cable without
 * `link_netnsid` has both its ends in the pod, which may give it what numbers it likes: also those of another pod's cable.
 */
export const endsOf = (sections: Sections): Ends => {
  const rows = rowsIn(sections.get('links')).filter((row) => textAt(row, 'ifname') !== 'lo')
  const counted = (sections.get('dev') ?? []).flatMap(countersFrom)
  const cable = rows.find(
    (row) =>
      'link_netnsid' in row && sections.has(`outside ${numberAt(row, 'link_index')} ${numberAt(row, 'ifindex')}`),
  )
  const name = cable === undefined ? undefined : textAt(cable, 'ifname')
  const own = counted.find((one) => (name === undefined ? one.name !== 'lo' : one.name === name))
  if (own === undefined) return {}
  const queue = queueIn(sections.get('inner'), own.name)
  const inside: PathInterface = {
    name: own.name,
    drops: own.received.drops + own.sent.drops,
    errors: own.received.errors + own.sent.errors,
    ...(queue === undefined ? {} : { queue }),
  }
  if (cable === undefined) return { inside }
  const number = numberAt(cable, 'link_index')
  const outside = withQueue(countersIn(sections.get(`outside ${number} ${numberAt(cable, 'ifindex')}`)), sections)
  const bridge = countersIn(sections.get(`bridge ${number}`))
  return { inside, ...(outside === undefined ? {} : { outside }), ...(bridge === undefined ? {} : { bridge }) }
}

/** How fast the counters of an interface grew; a counter that went back is another interface, and tells nothing. */
export const withRates = (one: PathInterface, before: PathInterface | undefined, seconds: number): PathInterface => {
  if (before === undefined || before.name !== one.name || !(seconds > 0)) return one
  const [drops, errors] = [one.drops - before.drops, one.errors - before.errors]
  if (drops < 0 || errors < 0) return one
  return { ...one, dropsPerSecond: drops / seconds, errorsPerSecond: errors / seconds }
}
