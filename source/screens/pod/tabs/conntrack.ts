import { isReachable } from '../../../events/address.ts'
import type { ConntrackLook, FlowGroup, FlowGroups } from '../../../events/looks.ts'
import { formatValue } from '../../../text/units.ts'
import { client, own, served } from '../flow-lists.ts'
import { questionWords } from '../question-words.ts'
import { type Fact, type Setting, tab } from '../tab.ts'
import { nodeOf } from '../target.ts'

const percent = (part: number, whole: number): string => formatValue((100 * part) / whole, '%')

const sum = ({ groups }: FlowGroups, is: (group: FlowGroup) => boolean): number =>
  groups.filter(is).reduce((all, { count }) => all + count, 0)

/** Nobody answered: a peer, a rule or a way back that is missing. Of groups too small to be told nobody knows. */
const silent = (flows: FlowGroups): string => {
  const count = sum(flows, ({ standing }) => standing === 'unreplied')
  return count === 0 ? '' : ` (${flows.rest > 0 ? 'at least ' : ''}${count} without an answer)`
}

const whose = ({ footing }: ConntrackLook, { target }: Setting): string =>
  target.kind === 'host' || footing.isHost ? "the node's own" : "this pod's"

const tableFact = (look: ConntrackLook, setting: Setting): Fact => {
  const { entries, maximum, flows } = look
  const fill = maximum > 0 ? `${entries} entries, ${percent(entries, maximum)} of ${maximum}` : `${entries} entries`
  if (flows === undefined) return { label: 'Table', text: `${fill}, in the node's table` }
  const { client: sent, backend, others } = flows
  const rest = others === 0 ? '' : `; ${others} more bear its address, such as those that are masqueraded`
  return {
    label: 'Table',
    text: `${fill}, in the node's table; ${whose(look, setting)}: ${sent.total}${silent(sent)} as client, ${backend.total}${silent(backend)} as backend${rest}`,
  }
}

const costFacts = (look: ConntrackLook, { target, isPrinted }: Setting): readonly Fact[] => {
  const { isQuestion, expectedCost, cost } = look
  const node = nodeOf(target) ?? ''
  if (isQuestion)
    return [{ label: 'Not listed', text: questionWords(look, node, isPrinted ? '--yes' : 'y'), style: 'warning' }]
  if (cost === undefined) return []
  const expected = formatValue(expectedCost, 'ms')
  const took = `a listing took ${node} ${formatValue(cost, 'ms')} of CPU (${expected} expected)`
  return [{ label: 'Cost', text: took, style: 'dim' }]
}

const ownFacts = ({ own: table, footing }: ConntrackLook): readonly Fact[] => {
  if (table === undefined || footing.isHost) return []
  const { entries, counters } = table
  const told = counters.filter(({ value }) => value > 0).map(({ name, value }) => `${name} ${value}`)
  const trouble = told.length === 0 ? '' : `; counted since it was made: ${told.join(', ')}`
  return entries === 0 && told.length === 0
    ? [{ label: 'Own table', text: 'empty: its namespace has no rules that track connections', style: 'dim' }]
    : [
        {
          label: 'Own table',
          text: `${entries} entries in its own namespace${trouble}`,
          style: told.length > 0 ? 'note' : 'plain',
        },
      ]
}

/** Addresses that are named in a line. */
const mostNamed = 4

const firstOf = (all: readonly string[]): string =>
  `${all.slice(0, mostNamed).join(' ')}${all.length > mostNamed ? ` and ${all.length - mostNamed} more` : ''}`

/** Which addresses a namespace has is the pod's choice: of one that the API server does not tell of, entries may be another's. */
const addressFacts = ({ addresses, footing }: ConntrackLook, { target }: Setting): readonly Fact[] => {
  if (addresses.length === 0)
    return [{ label: 'By', text: 'no address: its namespace has none but loopback', style: 'note' }]
  const known = target.kind === 'pod' && !footing.isHost ? target.record.addresses : []
  const strange = known.length === 0 ? [] : addresses.filter((one) => isReachable(one) && !known.includes(one))
  return [
    { label: 'By', text: firstOf(addresses), style: 'dim' },
    ...(strange.length === 0
      ? []
      : [
          {
            label: '',
            text: `the API server does not tell of ${firstOf(strange)}: entries may be another's`,
            style: 'note' as const,
          },
        ]),
  ]
}

const restFacts = ({ flows, own: table }: ConntrackLook): readonly Fact[] => {
  const rest = (flows?.client.rest ?? 0) + (flows?.backend.rest ?? 0) + (table?.flows?.rest ?? 0)
  return rest === 0 ? [] : [{ label: '', text: `${rest} entries are in groups too small to be told`, style: 'dim' }]
}

/** What a pod has of the tables of tracked connections. */
export const conntrackTab = tab<ConntrackLook>({
  name: 'conntrack',
  purpose: 'tracked connections of a pod or a host, as client and as backend',
  facts: (look, setting) => [
    tableFact(look, setting),
    ...costFacts(look, setting).filter(({ style }) => style === 'warning'),
    ...restFacts(look),
    ...ownFacts(look),
    ...addressFacts(look, setting),
    ...costFacts(look, setting).filter(({ style }) => style !== 'warning'),
  ],
  lists: [client, served, own],
})
