import { nameOf, type PodId } from '../../events/names.ts'
import type { PodRecord } from '../../events/records.ts'
import { ageColumn } from '../../interface/cluster/age.ts'
import { segment } from '../../interface/lines.ts'
import type { Column } from '../../interface/table/column.ts'
import { countColumn, nameColumn, namespaceColumn, wordColumn } from '../../interface/table/column-kinds.ts'
import { clamp } from '../../interface/table/table-state.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean, joinClean } from '../../text/clean.ts'
import { formatAge } from '../../text/units.ts'
import { entriesOf, listedSince } from '../flows/rows.ts'
import { podFigureColumns } from './figures.ts'
import { longestOf, type Scope } from './rows.ts'
import { podBand, statusOf } from './standing.ts'

export const podOf = (snapshot: Snapshot, row: string): PodRecord | undefined => snapshot.records.pods.get(row as PodId)

/** Ready containers of all; there are none before the kubelet has spoken. */
const readyWords = ({ containers }: PodRecord): string =>
  containers.length === 0 ? '-' : `${containers.filter(({ ready }) => ready).length}/${containers.length}`

/** An address as a text that sorts by its numbers, `10.0.0.9` before `10.0.0.10`: a letter for each; IPv6 comes last. */
const addressKey = (address: string): string => {
  if (address.includes(':')) return `\u0100${address}`
  let key = ''
  let part = 0
  for (let at = 0; at < address.length; at++) {
    const digit = address.charCodeAt(at) - 48
    if (digit >= 0) part = part * 10 + digit
    else {
      key += String.fromCharCode(part)
      part = 0
    }
  }
  return key + String.fromCharCode(part)
}

const statusColumn: Column = wordColumn(
  { id: 'status', heading: 'STATUS', width: 16, most: 26, priority: 1 },
  (snapshot, row, theme) => {
    const pod = podOf(snapshot, row)
    if (pod === undefined) return undefined
    const band = podBand(pod)
    const status = statusOf(pod)
    if (pod.phase === 'Succeeded') return { text: status, style: 'dim' }
    const mark = theme === undefined || band === 'ok' ? clean('') : joinClean([theme.glyphs.standing[band], clean(' ')])
    return { text: joinClean([mark, status]), style: band }
  },
)

const readyColumn: Column = {
  ...wordColumn({ id: 'ready', heading: 'READY', width: 5, priority: 2, align: 'right' }, (snapshot, row) => {
    const pod = podOf(snapshot, row)
    if (pod === undefined) return undefined
    const words = readyWords(pod)
    return segment(words, words === '-' ? 'missing' : 'plain')
  }),
  sortKey: (snapshot, row) => podOf(snapshot, row)?.containers.filter(({ ready }) => ready).length,
}

const addressColumn: Column = {
  ...nameColumn({ id: 'address', heading: 'IP', width: 15, most: 39, priority: 7 }, (snapshot, row) => {
    const pod = podOf(snapshot, row)
    return pod?.addresses[0]
  }),
  sortKey: (snapshot, row) => {
    const [address] = podOf(snapshot, row)?.addresses ?? []
    return address === undefined ? undefined : addressKey(address)
  },
}

/** Of whom the entries of a node's connection tracking were, and how long ago: there once somebody had it listed. */
const flowColumns = (snapshot: Snapshot, { node }: Scope): readonly Column[] => {
  const age = node === undefined ? undefined : listedSince(snapshot, node)
  if (age === undefined) return []
  return [
    {
      ...countColumn(
        { id: 'flows', heading: `CT ${formatAge(age)} ago`, width: 10, priority: 2 },
        (now, row) => entriesOf(now, node, row as PodId)?.count ?? Number.NaN,
      ),
      cell: (now, row, _, { glyphs }) => {
        const entries = entriesOf(now, node, row as PodId)
        if (entries === undefined) return segment('-', 'missing')
        return segment(`${entries.isLeast ? glyphs.least : ''}${entries.count}`)
      },
    },
  ]
}

/** The columns of pods; what is the same in all rows of a scope has none. */
export const podColumns = (snapshot: Snapshot, { namespace, node }: Scope): readonly Column[] => {
  const longest = longestOf(snapshot)
  const nodeColumn = nameColumn(
    { id: 'node', heading: 'NODE', width: clamp(longest.node, 6, 14), most: longest.node, priority: 5 },
    (snapshot, row) => podOf(snapshot, row)?.node,
  )
  return [
    ...(namespace === undefined ? [namespaceColumn(longest.namespace)] : []),
    nameColumn(
      { id: 'name', heading: 'NAME', width: clamp(longest.name, 8, 23), most: longest.name, priority: 0 },
      (_, row) => nameOf(row as PodId),
    ),
    readyColumn,
    statusColumn,
    countColumn(
      { id: 'restarts', heading: 'RESTARTS', width: 8, priority: 4 },
      (snapshot, row) => podOf(snapshot, row)?.restarts ?? Number.NaN,
    ),
    ...podFigureColumns(snapshot, podOf),
    ...flowColumns(snapshot, { node }),
    addressColumn,
    ...(node === undefined ? [nodeColumn] : []),
    ageColumn(3, (snapshot, row) => podOf(snapshot, row)?.created ?? Number.NaN),
    nameColumn(
      { id: 'owner', heading: 'OWNER', width: clamp(longest.owner, 8, 24), most: longest.owner, priority: 9 },
      (snapshot, row) => podOf(snapshot, row)?.owner,
    ),
  ]
}
