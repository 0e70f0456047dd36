import type { NetworkInterface, OverviewLook, Traffic } from '../../../events/looks.ts'
import { segment } from '../../../interface/lines.ts'
import { formatValue } from '../../../text/units.ts'
import { figureWords } from '../../pods/figures.ts'
import { figures, type ItemColumn, listOf, words } from '../list.ts'
import { mtuTrouble, narrowestOf } from '../mtu.ts'
import { type Fact, type Setting, tab } from '../tab.ts'

/** An interface with what does not fit about it. */
interface Item {
  readonly it: NetworkInterface
  readonly trouble: string | undefined
}

const count = (shape: { id: string; heading: string; priority: number }, of: (item: NetworkInterface) => number) =>
  figures<Item>(
    { ...shape, width: 6, unit: 'count' },
    ({ it }) => of(it),
    (value) => (value > 0 ? 'note' : 'plain'),
  )

const bytes = (shape: { id: string; heading: string; priority: number }, of: (item: NetworkInterface) => Traffic) =>
  figures<Item>({ ...shape, width: 6, unit: 'bytes' }, ({ it }) => of(it).bytes)

const columns: readonly ItemColumn<Item>[] = [
  words({ id: 'name', heading: 'INTERFACE', width: 10, most: 15, priority: 0 }, ({ it }) => it.name),
  words({ id: 'state', heading: 'STATE', width: 7, priority: 2 }, ({ it: { state = '' } }) =>
    segment(state, state === 'DOWN' ? 'note' : 'plain'),
  ),
  words({ id: 'mtu', heading: 'MTU', width: 7, priority: 1, align: 'right' }, ({ it: { mtu }, trouble }) =>
    mtu === undefined ? '' : segment(trouble === undefined ? String(mtu) : `! ${mtu}`, trouble ? 'warning' : 'plain'),
  ),
  words({ id: 'peer', heading: 'PEER ON HOST', width: 16, most: 22, priority: 3 }, ({ it: { peer } }) =>
    peer === undefined ? '' : `${peer.name} ${peer.mtu}`,
  ),
  words({ id: 'kind', heading: 'KIND', width: 6, most: 9, priority: 7 }, ({ it: { kind = '' } }) => kind),
  bytes({ id: 'received', heading: 'RECV', priority: 4 }, ({ received }) => received),
  bytes({ id: 'sent', heading: 'SENT', priority: 4 }, ({ sent }) => sent),
  count({ id: 'drops', heading: 'DROPS', priority: 5 }, ({ received, sent }) => received.drops + sent.drops),
  count({ id: 'errors', heading: 'ERRORS', priority: 6 }, ({ received, sent }) => received.errors + sent.errors),
  words({ id: 'qdisc', heading: 'QDISC', width: 8, most: 12, priority: 8 }, ({ it: { qdisc = '' } }) => qdisc),
  words({ id: 'mac', heading: 'MAC', width: 17, priority: 10 }, ({ it: { mac = '' } }) => mac),
  words({ id: 'addresses', heading: 'ADDRESSES', width: 18, most: 60, priority: 9 }, ({ it }) =>
    it.addresses.join(' '),
  ),
]

const trafficWords = (way: string, { bytes: size, packets, errors, drops }: Traffic): string =>
  `${way} ${formatValue(size, 'bytes')} in ${formatValue(packets, 'count')} packets, ${drops} dropped, ${errors} errors`

const interfaces = listOf<OverviewLook, Item>({
  title: 'interfaces',
  items: (look) => look.interfaces.map((it) => ({ it, trouble: mtuTrouble(it, look) })),
  idOf: ({ it }) => it.name,
  columns,
  // What does not fit first, loopback last.
  rank: ({ it, trouble }) => (trouble === undefined ? (it.name === 'lo' ? 2 : 1) : 0),
  words: ({ it, trouble }) => [
    ...(trouble === undefined ? [] : [trouble]),
    ...(it.addresses.length === 0 ? [] : [it.addresses.join(' ')]),
    ...(it.qdisc === undefined ? [] : [`qdisc ${it.qdisc}`]),
    trafficWords('received', it.received),
    trafficWords('sent', it.sent),
  ],
  empty: 'no interface was told of',
})

const mtuFacts = (look: OverviewLook): readonly Fact[] => {
  const troubles = look.interfaces.flatMap((one) => mtuTrouble(one, look) ?? [])
  const { underlay } = look
  const [first, ...others] = troubles
  if (first !== undefined) {
    const more = others.length === 0 ? '' : `; so it is with ${others.length} more`
    return [{ label: 'MTU', text: `${first}${more}`, style: 'warning' }]
  }
  const known = look.interfaces.some(({ name, mtu }) => name !== 'lo' && mtu !== undefined)
  if (!known || underlay === undefined) return []
  const tunnel = look.footing.isHost ? undefined : narrowestOf(look)
  const wrapped = tunnel === undefined ? '' : `, its tunnel ${tunnel.name} ${tunnel.mtu}`
  return [{ label: 'MTU', text: `fits: the node's ${underlay.name} carries ${underlay.mtu}${wrapped}` }]
}

const addressFacts = (look: OverviewLook, { target }: Setting): readonly Fact[] => {
  const seen = look.interfaces.filter(({ name }) => name !== 'lo').flatMap(({ addresses }) => addresses)
  const told = target.kind === 'pod' && !look.footing.isHost ? target.record.addresses : []
  const bare = new Set(seen.map((address) => address.replace(/\/.*$/, '')))
  const missing = seen.length === 0 ? [] : told.filter((address) => !bare.has(address))
  const most = seen.length > 6 ? `${seen.slice(0, 6).join(' ')} and ${seen.length - 6} more` : seen.join(' ')
  const text = seen.length > 0 ? most : told.join(' ')
  return [
    ...(text === '' ? [] : [{ label: 'Addresses', text }]),
    ...(missing.length === 0
      ? []
      : [
          {
            label: '',
            text: `the API server tells of ${missing.join(' ')}, which none has`,
            style: 'warning' as const,
          },
        ]),
  ]
}

/** Whether a container is held back by its CPU limit, as the node tells. */
const limitFacts = ({ snapshot, target }: Setting): readonly Fact[] => {
  const reading = target.kind === 'pod' ? snapshot.podFigure(target.record, 'cpu.throttled_share') : undefined
  if (reading === undefined || target.kind !== 'pod') return []
  const text = figureWords(target.record, reading)
  return [{ label: 'CPU limit', text, style: reading.kind === 'stale' ? 'stale' : reading.band }]
}

/** What the namespace consists of: addresses, interfaces with their other ends, MTUs that fit or do not. */
export const overviewTab = tab<OverviewLook>({
  name: 'overview',
  purpose: 'interfaces of a pod or a host, their other ends, and whether MTUs fit',
  facts: (look, setting) => [
    ...addressFacts(look, setting),
    ...mtuFacts(look),
    ...limitFacts(setting),
    ...(look.footing.namespace === undefined
      ? []
      : [{ label: 'Namespace', text: `net:[${look.footing.namespace}]`, style: 'dim' as const }]),
    ...(look.conntrack === undefined
      ? []
      : [
          {
            label: 'Conntrack',
            text: `${look.conntrack.entries} entries in ${look.footing.isHost ? 'the table of the node' : 'a table of its own'}`,
          },
        ]),
  ],
  lists: [interfaces],
})
