import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { net } from '../names.ts'
import type { LabNode } from '../node.ts'
import { type Fault, ofNode } from './fault.ts'

/** Ours lead there, so that they are found again; an address for benchmarks, which nobody has. */
const target = '198.19.0.1'
/** Room that is left, for the node's own traffic to fill: an entry too many would end the loading. */
const room = 500
/** New connections a second that then find the table full. */
const perSecond = 400

/** Entries as `conntrack --load-file` takes them, no two alike. */
const entries = (count: number, status: string): string => {
  // In this order: conntrack 1.4.7 takes a status that comes later for a mark.
  const end = `--dport 9 -u ${status} -t 7200`
  return Array.from({ length: count }, (_, index) => {
    const source = `198.18.${Math.floor(index / 50_000)}.1`
    return `-I -p udp -s ${source} -d ${target} --sport ${1024 + (index % 50_000)} ${end}\n`
  }).join('')
}

/** The most entries of each table: the machine's, and not to be written. */
export const tableMaximum = (): number => Number(readFileSync('/proc/sys/net/netfilter/nf_conntrack_max', 'utf8'))

const own = async (node: LabNode, file: string): Promise<number> =>
  Number(await node.run(['cat', `/proc/sys/net/netfilter/${file}`]))

/** Makes so many entries in the node's own table, which last for hours. */
export const fillTable = async (node: LabNode, count: number, status: string): Promise<void> => {
  const file = 'fault-entries'
  const path = join(node.folder, 'var-lib', file)
  writeFileSync(path, entries(count, status))
  try {
    await node.run(['conntrack', '--load-file', `/var/lib/${file}`])
  } finally {
    rmSync(path)
  }
}

/** Removes those. The rest is left alone: services are translated by it. */
export const emptyTable = async (node: LabNode): Promise<void> => {
  // It says with status 1 that there was none.
  await node.finish(['sh', '-c', `conntrack -D -d ${target} >/dev/null`])
}

const full = (name: string, status: string, what: string): Fault => {
  const part = `fault-${name}`
  return ofNode({
    name,
    what,
    usual: 'a worker',
    async on(node) {
      const count = tableMaximum() - (await own(node, 'nf_conntrack_count')) - room
      if (count < 0) throw new Error(`the table of ${node.name} is as good as full already`)
      await fillTable(node, count, status)
      await node.start(part, ['pod', 'flows', `${net.gateway}:9`, String(perSecond)])
    },
    async off(node) {
      await node.stop(part)
      await emptyTable(node)
    },
  })
}

export const conntrackFull = full(
  'conntrack-full',
  'SEEN_REPLY,ASSURED',
  "the connection table is full of assured entries, up to the machine's own maximum: new connections are dropped",
)

export const conntrackCrowded = full(
  'conntrack-crowded',
  'SEEN_REPLY',
  'the same with plain entries: each new connection puts another one out',
)
