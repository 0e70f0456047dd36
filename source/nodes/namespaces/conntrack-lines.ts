import { type Address, parseAddress } from '../../events/address.ts'
import type { FlowGroup, FlowGroups } from '../../events/flow-groups.ts'
import type { OwnFlows, TableCounter } from '../../events/look-conntrack.ts'
import { clean } from '../../text/clean.ts'
import { groupIn, type Sums, sumsOf } from './flows-lines.ts'

/** The addresses that awk found, each once; what is none is none. */
export const addressesIn = (lines: readonly string[]): readonly Address[] => [
  ...new Set(lines.flatMap((line) => parseAddress(line.split(' ')[0] ?? '') ?? [])),
]

const columns = /^entries +\S/
const hex = /^[0-9a-f]{1,16}$/

/** What a table says of itself in `stat/nf_conntrack`: a line of names, then one for each CPU, in hexadecimal. */
export interface TableStat {
  /** Every line has that of all CPUs. */
  readonly entries: number
  readonly counters: readonly TableCounter[]
}

/** Names by what kernels before 5.10 and 5.15 wrote in their place, which counted something else, are left out. */
const wanted = ['drop', 'early_drop', 'insert_failed', 'invalid', 'chaintoolong'] as const

/** Reads `stat/nf_conntrack`; undefined for what is none. A column that a kernel does not have is not there. */
export const statIn = ([heading = '', ...rows]: readonly string[]): TableStat | undefined => {
  const values = rows.map((row) => row.trim().split(/\s+/)).filter((words) => words.every((word) => hex.test(word)))
  const [first] = values
  if (!columns.test(heading) || first === undefined) return undefined
  const names = heading.trim().split(/\s+/)
  const sumAt = (at: number): number => values.reduce((sum, words) => sum + Number.parseInt(words[at] ?? '0', 16), 0)
  return {
    entries: Number.parseInt(first[0] ?? '', 16),
    counters: wanted.flatMap((name): readonly TableCounter[] => {
      const at = names.indexOf(name)
      return at < 0 ? [] : [{ name: clean(name), value: sumAt(at) }]
    }),
  }
}

/** A pod's part of a table, with what went wrong as it was listed. */
export interface OwnSums {
  readonly flows: OwnFlows
  readonly sums: Omit<Sums, 'groups'>
}

const groupsOf = (groups: readonly FlowGroup[], total: number): FlowGroups => ({
  groups,
  total,
  rest: total - groups.reduce((sum, { count }) => sum + count, 0),
})

const role = /^(\d+) ([cb]) (.+)$/

/** Reads what awk wrote of the entries that concern a pod; undefined where it did not write its first two lines. */
export const ownFlowsIn = ([first = '', second = '', ...lines]: readonly string[]): OwnSums | undefined => {
  const sums = sumsOf([first])
  const [, clients, backends, others] = /^1999999999 (\d+) (\d+) (\d+)$/.exec(second) ?? []
  if (sums === undefined || others === undefined) return undefined
  const found: Record<'c' | 'b', FlowGroup[]> = { c: [], b: [] }
  for (const line of lines) {
    const [, count = '', kind, rest = ''] = role.exec(line) ?? []
    const group = groupIn(`${count} ${rest}`)?.group
    if (group !== undefined) found[kind === 'c' ? 'c' : 'b'].push(group)
  }
  return {
    flows: {
      client: groupsOf(found.c, Number(clients)),
      backend: groupsOf(found.b, Number(backends)),
      others: Number(others),
    },
    sums,
  }
}

/** Reads what awk wrote of a whole table. */
export const tableFlowsIn = (
  lines: readonly string[],
): { readonly flows: FlowGroups; readonly sums: Sums } | undefined => {
  const sums = sumsOf(lines)
  return (
    sums && {
      sums,
      flows: groupsOf(
        sums.groups.map(({ group }) => group),
        sums.total,
      ),
    }
  )
}
