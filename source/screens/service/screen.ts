import { isDnsLabel, isDnsName, namespaceOf, type ServiceId } from '../../events/names.ts'
import { type Binding, isBound } from '../../interface/binding.ts'
import { titleWords } from '../../interface/cluster/sources.ts'
import { fitHeight, fitLine } from '../../interface/lines.ts'
import { objectHint } from '../../interface/object-hint.ts'
import { type Effect, type Parameters, type Size, said, screen } from '../../interface/screen.ts'
import {
  countWords,
  drawTable,
  emptyText,
  orderOf,
  shownOf,
  type Table,
  underCursor,
} from '../../interface/table/table.ts'
import { emptyTable, filtered, pinned, reduceTable, type TableState } from '../../interface/table/table-state.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { podSubject } from '../pods/subject.ts'
import { endpointTable, endpointWords } from './columns.ts'
import { type EndpointRow, endpointRows } from './rows.ts'
import { standingLines } from './standing.ts'

interface State {
  readonly service: ServiceId | undefined
  /** The same as long as the service is: what was worked out for it is known by it. */
  readonly rows: Table
  readonly table: TableState
}

const tableSize = (snapshot: Snapshot, state: State, size: Size): Size => ({
  columns: size.columns,
  rows: Math.max(2, size.rows - standingLines(snapshot, state.service, size.columns).length),
})

const rowUnder = (snapshot: Snapshot, state: State, size: Size): EndpointRow | undefined => {
  const { row } = underCursor(state.rows, snapshot, state.table, tableSize(snapshot, state, size))
  return row === undefined || state.service === undefined ? undefined : endpointRows(snapshot, state.service).get(row)
}

const openPod = (snapshot: Snapshot, row: EndpointRow): Effect => {
  const pod = row.record?.pod
  if (pod === undefined) return said('no pod is known to stand there')
  const record = snapshot.records.pods.get(pod)
  return { type: 'open', screen: 'pod', parameters: record === undefined ? { pod } : podSubject(record) }
}

const opened = (snapshot: Snapshot, action: string, row: EndpointRow): Effect | undefined => {
  const { node } = row
  if (action === 'pod') return openPod(snapshot, row)
  if (action !== 'node' && action !== 'explain') return undefined
  if (node === undefined) return said('nobody measures here')
  return action === 'node'
    ? { type: 'open', screen: 'node', parameters: { node } }
    : { type: 'open', screen: 'explain', parameters: { node, metric: 'rtt.p50' } }
}

/** `payments/api`, or `api` with a namespace at hand. */
const typedService = (typed: string, snapshot: Snapshot): Parameters | string => {
  const [namespace = '', name = ''] = typed.split('/')
  if (!isDnsLabel(namespace) || !isDnsName(name)) return 'a service is named NAMESPACE/NAME, not'
  const service = snapshot.records.services.get(typed as ServiceId)
  return service === undefined ? 'no service is known as' : { service: service.id }
}

const hintWords = ({ side, node, record, address, port }: EndpointRow): string => {
  const where = port === undefined ? '' : ` at ${address} port ${port}`
  const on = record?.node === undefined ? '' : ` on ${record.node}`
  switch (side) {
    case 'client':
      return `${on}${where}: round trips as clients on ${node} measure them`
    case 'server':
      return `${on}${where}: round trips towards clients, as the server on ${node} measures them; delayed answers are in them`
    default:
      return `${on}: no client's socket is known to talk to it`
  }
}

const bindings: readonly Binding[] = [
  { action: 'pod', keys: ['enter'], label: 'the pod', header: 10 },
  { action: 'node', keys: ['o'], label: 'node', header: 11 },
  { action: 'explain', keys: ['x'], label: 'explain', header: 20 },
]

/** Each endpoint of one service, by the node that measures: round-trip times and what was sent again. */
export const serviceScreen = screen<State>({
  name: 'service',
  aliases: ['rtt'],
  purpose: 'round-trip times of a service by endpoint and by node',
  table: true,
  bindings,
  argument: typedService,
  initial: ({ service }) => ({ service, rows: endpointTable(service), table: emptyTable }),
  press(state, action, snapshot, size) {
    const row = rowUnder(snapshot, state, size)
    if (row === undefined && isBound(bindings, action))
      return { state, effects: [said(emptyText(state.rows, snapshot, state.table))] }
    const effect = row === undefined ? undefined : opened(snapshot, action, row)
    if (effect !== undefined) {
      const table = pinned(state.table, orderOf(state.rows, snapshot, state.table))
      return { state: { ...state, table }, effects: [effect] }
    }
    const shown = shownOf(state.rows, snapshot, state.table, tableSize(snapshot, state, size))
    return { state: { ...state, table: reduceTable(state.table, action, shown) }, effects: [] }
  },
  filter: (state, text) => ({ ...state, table: filtered(state.table, text) }),
  title(snapshot, { service, rows, table }) {
    const all = service === undefined ? 0 : endpointRows(snapshot, service).size
    const gone = service === undefined || snapshot.records.services.has(service) ? '' : ' gone'
    const ends = titleWords(snapshot, 'endpointslices')
    const shown = countWords(orderOf(rows, snapshot, table).length, all)
    return clean(`service(${service ?? ''})[${shown}]${gone}${ends === '' ? '' : ` endpoints ${ends}`}`)
  },
  crumb: ({ service }) => service ?? 'service',
  body(snapshot, state, size, theme) {
    const lines = standingLines(snapshot, state.service, size.columns)
    return fitHeight(
      [
        ...lines.map((line) => fitLine(line, size.columns, theme)),
        ...drawTable(state.rows, snapshot, state.table, tableSize(snapshot, state, size), theme),
      ],
      size.rows,
      size.columns,
    )
  },
  hint(snapshot, state, size) {
    const row = rowUnder(snapshot, state, size)
    return row === undefined ? undefined : objectHint(endpointWords(row), hintWords(row), size.columns + 4)
  },
  subject(snapshot, state, size) {
    const row = rowUnder(snapshot, state, size)
    const pod = row?.record?.pod
    return {
      ...(state.service === undefined ? {} : { service: state.service, namespace: namespaceOf(state.service) }),
      ...(row?.node === undefined ? {} : { node: row.node, metric: 'rtt.p50' as const }),
      ...(pod === undefined ? {} : { pod }),
    }
  },
})
