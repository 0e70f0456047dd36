import type { Address } from '../../source/events/address.ts'
import type { FlowGroup, FlowsLook, NewFlowGroup } from '../../source/events/looks.ts'
import { clean } from '../../source/text/clean.ts'

const none = clean('')

/** Connections of a pod with a service, answered by one of its pods, unless it is said otherwise. */
export const flowGroup = (more: Partial<FlowGroup> = {}): FlowGroup => ({
  protocol: clean('tcp'),
  state: clean('ESTABLISHED'),
  standing: 'assured',
  source: '10.1.0.7' as Address,
  destination: '10.96.0.10' as Address,
  port: 80,
  answerer: '10.1.0.9' as Address,
  answered: '10.1.0.7' as Address,
  count: 10,
  ...more,
})

export const newGroup = (more: Partial<NewFlowGroup> = {}): NewFlowGroup => ({
  ...flowGroup({ state: clean('SYN_SENT'), standing: 'unreplied' }),
  timeout: 120,
  ...more,
})

/** A look at a table of which all entries are in the groups, unless more are said to be left. */
export const flowsLook = (
  groups: readonly FlowGroup[],
  began: readonly NewFlowGroup[] = [],
  more: Partial<FlowsLook> & { readonly rest?: number } = {},
): FlowsLook => {
  const { rest = 0, ...others } = more
  const told = groups.reduce((sum, { count }) => sum + count, 0)
  const births = began.reduce((sum, { count }) => sum + count, 0)
  return {
    tab: 'flows',
    footing: { way: clean('the node itself'), pid: 1, right: 'root', isHost: true },
    lacks: [],
    byHand: [none],
    entries: told + rest,
    maximum: 262_144,
    timeouts: [
      ['udp_timeout', 30],
      ['udp_timeout_stream', 120],
      ['tcp_timeout_time_wait', 120],
      ['tcp_timeout_established', 432_000],
      ['icmp_timeout', 30],
    ].map(([name, seconds]) => ({ name: clean(String(name)), seconds: Number(seconds) })),
    expectedCost: 125,
    listed: {
      flows: { groups, rest, total: told + rest },
      began: { groups: began, rest: 0, total: births, seconds: 5, isLossy: false },
      cost: 190,
    },
    ...others,
  }
}
