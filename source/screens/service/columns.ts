import { nameOf, namespaceOf, type ServiceId } from '../../events/names.ts'
import { isPast, isRead } from '../../interface/cluster/sources.ts'
import { segment } from '../../interface/lines.ts'
import { perSnapshot } from '../../interface/per-snapshot.ts'
import type { Column, RowId } from '../../interface/table/column.ts'
import { nameColumn, wordColumn } from '../../interface/table/column-kinds.ts'
import type { Table } from '../../interface/table/table.ts'
import { clamp } from '../../interface/table/table-state.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { roundTripColumns } from '../services/round-trips.ts'
import { compareRows, type EndpointRow, endpointRows } from './rows.ts'

/** Whom the sockets talk to: the pod's name where it is one, else the address. */
export const endpointWords = ({ record, address }: EndpointRow): string =>
  record?.pod === undefined ? (address ?? 'not known') : nameOf(record.pod)

const longestOf = (rows: Iterable<EndpointRow>): number => {
  let longest = 0
  for (const row of rows) longest = Math.max(longest, endpointWords(row).length)
  return longest
}

const stateColumn = (at: (snapshot: Snapshot, row: RowId) => EndpointRow | undefined): Column =>
  wordColumn({ id: 'state', heading: 'STATE', width: 9, priority: 5 }, (snapshot, row) => {
    const record = at(snapshot, row)?.record
    if (record === undefined) return undefined
    const words = record.terminating ? 'ending' : record.ready ? 'ready' : 'not ready'
    if (isPast(snapshot, 'endpointslices')) return segment(words, 'stale')
    return segment(words, record.terminating ? 'dim' : record.ready ? 'plain' : 'warning')
  })

const emptyOf = (snapshot: Snapshot, service: ServiceId | undefined): string => {
  if (service === undefined) return 'choose a service in :services, or :service NAMESPACE/NAME'
  const ends = isRead(snapshot, 'endpointslices', namespaceOf(service))
    ? isPast(snapshot, 'endpointslices')
      ? 'this service had no endpoints'
      : 'this service has no endpoints'
    : 'its endpoints are not known'
  return `${ends}, and no socket is known to talk to it`
}

/** The endpoints of a service by the node that measures. */
export const endpointTable = (service: ServiceId | undefined): Table => {
  const all = (snapshot: Snapshot) =>
    service === undefined ? new Map<string, EndpointRow>() : endpointRows(snapshot, service)
  const at = (snapshot: Snapshot, row: RowId): EndpointRow | undefined => all(snapshot).get(row)
  return {
    columns: perSnapshot((snapshot) => {
      const longest = longestOf(all(snapshot).values())
      return [
        nameColumn(
          { id: 'endpoint', heading: 'ENDPOINT', width: clamp(longest, 9, 24), most: longest, priority: 0 },
          (_, row) => {
            const one = at(snapshot, row)
            return one === undefined ? undefined : endpointWords(one)
          },
        ),
        wordColumn({ id: 'on', heading: 'ON', width: 10, most: 30, priority: 4 }, (now, row) => {
          const node = at(now, row)?.record?.node
          return node === undefined ? undefined : segment(node)
        }),
        wordColumn({ id: 'side', heading: 'SEEN BY', width: 8, priority: 2 }, (now, row) => {
          const side = at(now, row)?.side
          return side === undefined
            ? undefined
            : segment(side === 'client' ? 'clients' : 'server', side === 'client' ? 'plain' : 'dim')
        }),
        wordColumn({ id: 'node', heading: 'FROM', width: 10, most: 30, priority: 1 }, (now, row) => {
          const node = at(now, row)?.node
          return node === undefined ? undefined : segment(node)
        }),
        stateColumn(at),
        ...roundTripColumns((now, row) => at(now, row)?.figures, 1, 2),
      ]
    }),
    rows: perSnapshot((snapshot) => [...all(snapshot).keys()].sort()),
    defaultOrder: (snapshot, rows) =>
      rows
        .flatMap((row) => at(snapshot, row) ?? [])
        .sort(compareRows)
        .map(({ id }) => id),
    empty: (snapshot) => emptyOf(snapshot, service),
  }
}
