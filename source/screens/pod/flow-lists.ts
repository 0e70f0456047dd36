import type { Address } from '../../events/address.ts'
import type { ConntrackLook, FlowGroup, FlowGroups } from '../../events/looks.ts'
import type { NodeName } from '../../events/subject.ts'
import { segment } from '../../interface/lines.ts'
import { type Attribution, attributionOf, type Party } from '../../store/attribution.ts'
import { stateOf } from '../../store/fill.ts'
import type { Known } from '../../store/known.ts'
import { clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { partyCell, partyWords } from '../flows/words.ts'
import { endpointWords, fitOwner, ownerOf } from './address-names.ts'
import { figures, type ItemColumn, listOf, words } from './list.ts'

// Loopback is asked of nobody: which node it is of does not matter here.
const nowhere = '' as NodeName

const partiesOf = ({ records }: Known, group: FlowGroup): Attribution => attributionOf(records, nowhere, group)

/** Who has an address: as the cluster tells, and for nobody of it whether it is outside. */
const named = (known: Known, party: Party, address: Address): Segment =>
  party.kind === 'other' || (party.kind === 'node' && party.name === nowhere)
    ? ownerOf(known, clean(address))
    : segment(
        party.kind === 'pod' ? `pod ${party.id}` : party.kind === 'service' ? `service ${party.id}` : partyCell(party),
      )

/** Nobody's name, but its address. */
const orAddress = (owner: Segment, address: Address): Segment =>
  owner.text === '' || owner.text === 'external' || owner.text === '?' ? segment(address) : owner

const direct = segment('direct', 'dim')

type Of = (group: FlowGroup, known: Known, width: number) => Segment | string

/** A port alone may be translated too, as a sidecar does it. */
const isPortAlone = ({ destination, answerer, answererPort }: FlowGroup): boolean =>
  answerer === destination && answererPort !== undefined

const column = (id: string, heading: string, width: number, most: number, priority: number, of: Of) =>
  words<FlowGroup>({ id, heading, width, most, priority }, of)

const addressed = ({ destination, port }: FlowGroup): string =>
  port === undefined ? destination : endpointWords(destination, port)

const to = column('to', 'TO', 19, 47, 0, addressed)
const service = column('service', 'WHO', 17, 40, 1, (group, known, width) =>
  fitOwner(named(known, partiesOf(known, group).destination, group.destination), width),
)
const answerer = column('answerer', 'ANSWERED BY', 14, 48, 2, (group, known, width) => {
  const { backend } = partiesOf(known, group)
  if (backend === undefined) return direct
  return isPortAlone(group)
    ? `port ${group.answererPort}`
    : fitOwner(orAddress(named(known, backend, group.answerer), group.answerer), width)
})
const from = column('from', 'FROM', 16, 39, 0, ({ source }) => source)
const sender = column('client', 'WHO', 17, 40, 1, (group, known, width) =>
  fitOwner(named(known, partiesOf(known, group).client, group.source), width),
)
const door = column('door', 'ADDRESSED', 14, 48, 2, (group, known, width) => {
  const { backend, destination } = partiesOf(known, group)
  return backend === undefined
    ? direct
    : fitOwner(orAddress(named(known, destination, group.destination), group.destination), width)
})
const disguise = column('disguise', 'SEEN AS', 15, 48, 6, (group, known, width) => {
  const { disguise: seen } = partiesOf(known, group)
  return seen === undefined ? direct : fitOwner(orAddress(named(known, seen, group.answered), group.answered), width)
})
const state = column('state', 'STATE', 11, 21, 2, (group, _, width) => {
  const whole = stateOf(group)
  return segment(whole.length <= width ? whole : group.state, group.standing === 'unreplied' ? 'note' : 'plain')
})
const protocol = column('protocol', 'PROTO', 5, 9, 4, (group) => group.protocol)
const port = column('port', 'PORT', 5, 5, 3, (group) => (group.port === undefined ? '' : String(group.port)))
const count = figures<FlowGroup>(
  { id: 'entries', heading: 'COUNT', width: 6, priority: 0, unit: 'count' },
  (group) => group.count,
)

/** An address with who has it, where that is known; nothing of loopback, which is whoever is looked at. */
const beside = (words: string, party: Party): string =>
  party.kind === 'other' || (party.kind === 'node' && party.name === nowhere)
    ? words
    : `${words} (${partyWords(party)})`

const answeredWords = (group: FlowGroup, backend: Party): string =>
  isPortAlone(group) ? `answered at port ${group.answererPort}` : `answered by ${beside(group.answerer, backend)}`

const groupWords = (group: FlowGroup, known: Known): readonly string[] => {
  const { client, destination, backend, disguise: seen } = partiesOf(known, group)
  return [
    `${group.count} ${group.protocol} ${stateOf(group)} ${beside(group.source, client)}`,
    `to ${beside(addressed(group), destination)}`,
    ...(backend === undefined ? [] : [answeredWords(group, backend)]),
    ...(seen === undefined ? [] : [`seen there as ${beside(group.answered, seen)}`]),
    ...(group.standing === 'unreplied' ? ['nobody answered'] : []),
  ]
}

const idOf = (group: FlowGroup): string => {
  const { protocol: name, state: how, standing, source, destination, answerer: by, answered } = group
  const ports = [group.port ?? '', group.answererPort ?? '']
  return [name, how, standing, source, destination, ...ports, by, answered].join(' ')
}

const flowList = (
  title: string,
  flows: (look: ConntrackLook) => FlowGroups | undefined,
  columns: readonly ItemColumn<FlowGroup>[],
  empty: string,
) =>
  listOf<ConntrackLook, FlowGroup>({
    title,
    items: (look) => flows(look)?.groups,
    idOf,
    columns,
    // What nobody answers first among as many.
    rank: (group) => -group.count - (group.standing === 'unreplied' ? 0.5 : 0),
    words: groupWords,
    empty,
  })

/** Entries in which it is the client. */
export const client = flowList(
  'as client',
  ({ flows }) => flows?.client,
  [to, service, answerer, state, count, protocol, disguise],
  'no entry in which it is the client',
)

/** Entries that it answers. */
export const served = flowList(
  'as backend',
  ({ flows }) => flows?.backend,
  [from, sender, door, port, state, count, protocol, disguise],
  'no entry that it answers',
)

/** Entries of its own table, in which it may be either. */
export const own = flowList(
  'own table',
  ({ own: table }) => table?.flows,
  [from, to, service, answerer, state, count, protocol, disguise],
  'no entry in a table of its own',
)
