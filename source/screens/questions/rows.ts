import type { Request } from '../../events/request.ts'
import { segment } from '../../interface/lines.ts'
import type { Column } from '../../interface/table/column.ts'
import type { Table } from '../../interface/table/table.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'

const words: Readonly<Record<Request['kind'], string>> = {
  passphrase: 'passphrase',
  login: 'login',
  'host-keys': 'host keys',
  consent: 'consent',
}

const kindOf = (snapshot: Snapshot, row: string): string => {
  const request = snapshot.requests.get(row)
  return request === undefined ? '' : words[request.kind]
}

const columns: readonly Column[] = [
  {
    id: 'about',
    heading: 'ABOUT',
    width: 10,
    priority: 1,
    align: 'left',
    cell: (snapshot, row) => segment(kindOf(snapshot, row)),
    sortKey: kindOf,
    text: kindOf,
  },
  {
    id: 'question',
    heading: 'QUESTION',
    width: 20,
    most: Number.POSITIVE_INFINITY,
    priority: 0,
    align: 'left',
    cell: (snapshot, row) => ({ text: snapshot.requests.get(row)?.title ?? clean(''), style: 'plain' }),
    sortKey: (snapshot, row) => snapshot.requests.get(row)?.title,
    text: (snapshot, row) => snapshot.requests.get(row)?.title ?? '',
  },
]

/** All questions that wait, the oldest first. */
export const questionTable = {
  columns: () => columns,
  rows: ({ requests }) => [...requests.keys()],
  defaultOrder: (_, rows) => rows,
  empty: 'no question waits for an answer',
} satisfies Table
