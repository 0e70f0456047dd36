import type { NamespaceKey, Take } from './take.ts'
import { linesOf, named, type ReadFile, rows } from './twin.ts'

type Namespaces = Take & { readonly kind: 'namespaces' }

/**
 * The most that a counter of one namespace is taken to grow in a second: more than the 14.9 million of the smallest frames that
 * 10 Gbit/s have room for, and the 8.6 million full segments of 100 Gbit/s.
 */
export const mostPerSecond = 2e7

/** What is known of one namespace. */
interface Known {
  /** By counter; undefined: it was no number. */
  readonly values: readonly (number | undefined)[]
  readonly at: number
}

/** What awk keeps of namespaces between two ticks. */
export interface NamespacesMemory {
  list: readonly NamespaceKey[]
  /** Place in the list of the one read last, from 1. */
  place: number
  readonly known: Map<NamespaceKey, Known>
  readonly sums: number[]
  hundredths: number
}

export const namespacesMemory = (): NamespacesMemory => ({
  list: [],
  place: 0,
  known: new Map(),
  sums: [],
  hundredths: 0,
})

/** The start time in the text of a process's stat file. */
const startIn = (stat: string): string | undefined =>
  stat
    .slice(stat.lastIndexOf(')') + 1)
    .split(/[ \t\n]+/)
    .filter((word) => word !== '')[19]

const countersIn = (take: Namespaces, folder: string, read: ReadFile): readonly (number | undefined)[] | undefined => {
  const counters: (number | undefined)[] = []
  const add = (lines: readonly string[], wanted: string): void => {
    const line = lines.find((text) => text.startsWith(`${wanted} `))
    const word = line?.split(' ')[1] ?? ''
    counters.push(/^[0-9]+$/.test(word) ? Number(word) : undefined)
  }
  for (const [index, { file, names }] of take.named.entries()) {
    const text = read(`${folder}/${file}`)
    if (text === undefined && index === 0) return undefined
    const lines = named(linesOf(text ?? ''), names)
    for (const name of names) add(lines, name)
  }
  for (const { file, names } of take.rows)
    for (const name of names) {
      const take = { kind: 'rows', file, begin: [name], fields: [1, 2], every: 1 } as const
      add(rows(linesOf(read(`${folder}/${file}`) ?? ''), take), name)
    }
  return counters
}

/** Reads the next `count` namespaces, as awk does at `n7`: the line without the time at which the program began. */
export const readNamespaces = (
  take: Namespaces,
  memory: NamespacesMemory,
  count: number,
  uptime: number,
  read: ReadFile,
): string => {
  const { list, known, sums } = memory
  const wanted = [...take.named, ...take.rows].flatMap(({ names }) => names)
  for (const key of known.keys()) if (!list.includes(key)) known.delete(key)
  for (let left = Math.min(count, list.length); left > 0; left -= 1) {
    memory.place = memory.place >= list.length ? 1 : memory.place + 1
    const key = list[memory.place - 1]
    if (key === undefined) continue
    const [pid, start] = key.split(':')
    const folder = take.file.replace(/PID$/, pid ?? '')
    const values = countersIn(take, folder, read)
    const stat = read(`${folder}/stat`)
    if (values === undefined || stat === undefined || startIn(stat) !== start) {
      known.delete(key)
      continue
    }
    const before = known.get(key)
    known.set(key, { values, at: uptime })
    if (before === undefined) continue
    memory.hundredths += (uptime - before.at) * 100
    const most = mostPerSecond * Math.max(1, uptime - before.at)
    values.forEach((value, index) => {
      const last = before.values[index]
      if (value === undefined || last === undefined || value < last || value - last > most) return
      sums[index] = (sums[index] ?? 0) + (value - last)
    })
  }
  const totals = wanted.map((_, index) => BigInt(sums[index] ?? 0).toString())
  return [known.size, memory.hundredths.toFixed(0), ...totals].join(' ')
}
