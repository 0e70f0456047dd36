import type { PathLook } from '../../events/looks.ts'
import type { ServiceId } from '../../events/names.ts'
import type { NodeName } from '../../events/subject.ts'
import { isPast } from '../../interface/cluster/sources.ts'
import { type Band, severity } from '../../metrics/metric.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { endpointsOf as countOf, serviceBand } from '../services/standing.ts'
import {
  figuresOfInterface,
  figuresOfNode,
  figuresOfSockets,
  figuresOfTcp,
  type HopFigure,
  type NodeFigures,
  worstOf,
} from './path-figures.ts'
import type { Talk } from './path-talks.ts'
import { endpointsOf, type FamilyEndpoint, servicesOf } from './service-choice.ts'
import { nodeOf, type Target } from './target.ts'

/** One step of the way of a packet. */
export interface Hop {
  readonly kind: 'pod' | 'veth' | 'bridge' | 'node' | 'service' | 'backend' | 'peer'
  readonly name: string
  readonly figures: readonly HopFigure[]
  /** What is to be said besides: that there is no such hop, or why nothing is measured there. */
  readonly words: string
  readonly band: Band
}

const hop = (kind: Hop['kind'], name: string, figures: readonly HopFigure[], words = ''): Hop => ({
  ...{ kind, name, figures, words },
  band: worstOf(figures),
})

/** What is read of a node for its hop. */
type FiguresOf = (node: NodeName) => NodeFigures

/** Where it is printed once nothing is sampled, and no reading is to come. */
const unsampled: NodeFigures = { figures: [], cause: 'not measured: nothing is sampled here, kntop --once tells' }

const podHop = (
  snapshot: Snapshot,
  target: Target,
  look: PathLook,
  talk: Talk | undefined,
  isPrinted: boolean,
): Hop => {
  const name = target.kind === 'pod' ? target.record.id : 'the node itself'
  const tcp = figuresOfTcp(snapshot, look)
  const sockets = talk === undefined ? [] : figuresOfSockets(snapshot, talk.partners)
  const isFirst = tcp.length === 0 && look.tcp !== undefined
  const when = isPrinted ? 'takes two looks, as on the screen' : 'is known from the second look on'
  return hop('pod', name, [...tcp, ...sockets], isFirst ? `what is sent again ${when}, where anything is sent` : '')
}

const cableHops = (snapshot: Snapshot, { footing, inside, outside, bridge }: PathLook): readonly Hop[] => {
  if (footing.isHost) return [hop('veth', 'none', [], 'on the network of the node: no cable, no bridge')]
  const ends = [inside, outside].flatMap((one) => (one === undefined ? [] : figuresOfInterface(snapshot, one)))
  const name = [inside, outside].flatMap((one) => one?.name ?? []).join(' - ')
  const why =
    outside === undefined
      ? footing.right === 'root'
        ? "the node's end was not found: it may be no cable (ipvlan, macvlan, SR-IOV)"
        : "the node's end takes root"
      : ''
  const cable = hop('veth', name === '' ? 'unknown' : name, ends, why)
  if (outside === undefined) return [cable]
  return bridge === undefined
    ? [cable, hop('bridge', 'none', [], 'routed: the cable ends on no bridge')]
    : [cable, hop('bridge', bridge.name, figuresOfInterface(snapshot, bridge))]
}

const nodeHop = (node: NodeName, figuresOf: FiguresOf): Hop => {
  const { figures, cause = '' } = figuresOf(node)
  return hop('node', node, figures, cause)
}

const serviceHop = (snapshot: Snapshot, id: ServiceId, talk: Talk): Hop => {
  const record = snapshot.records.services.get(id)
  const known = record && countOf(snapshot, record)
  const rtt = figuresOfSockets(snapshot, talk.partners).filter(({ words }) => words.startsWith('RTT'))
  if (record === undefined || known === undefined)
    return hop('service', id, rtt, record === undefined ? 'the service is gone' : 'its endpoints may not be read')
  const isOld = isPast(snapshot, 'endpointslices')
  // An address that a load balancer does not give stops nobody on this way; what was earlier is no trouble of now.
  const band = isOld ? 'ok' : serviceBand(snapshot, { ...record, pending: false })
  const words = `${known.ready} of ${known.total} endpoints ready`
  return hop('service', id, [{ words, band }, ...rtt], isOld ? 'endpoints as of earlier' : '')
}

/** Nodes behind a service that are told, those with trouble first. */
const mostNodes = 6

const endpointNames = (endpoints: readonly FamilyEndpoint[]): string => {
  const names = endpoints.map(({ pod, address, ready }) => `${pod ?? address}${ready ? '' : ' (not ready)'}`)
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
}

/** The nodes that may answer for a service: which of them does is the node's choice for each connection. */
const backendHops = (
  snapshot: Snapshot,
  id: ServiceId,
  talk: Talk,
  own: NodeName | undefined,
  figuresOf: FiguresOf,
): readonly Hop[] => {
  const family = talk.partners[0]?.address.includes(':') ? 6 : 4
  const all = endpointsOf(snapshot, id)
  const some = all.filter((endpoint) => endpoint.family === family)
  const groups = Map.groupBy(some.length > 0 ? some : all, ({ node }) => node)
  const hops = [...groups].map(([node, endpoints]) => {
    const names = endpointNames(endpoints)
    if (node === undefined) return hop('backend', names, [], 'not measured: the API server names no node for it')
    if (node === own) return hop('backend', node, [], `${names}: on the same node, nothing goes over a wire`)
    const { figures, cause = '' } = figuresOf(node)
    return hop('backend', node, figures, [names, ...(cause === '' ? [] : [cause])].join('; '))
  })
  const sorted = hops.toSorted((one, other) => severity(other.band) - severity(one.band))
  const left = sorted.length - mostNodes
  return left > 0
    ? [...sorted.slice(0, mostNodes), hop('backend', `${left} more`, [], 'nodes in no worse band')]
    : sorted
}

/** Which headless services choose a pod that is addressed by its own address. */
const headlessWords = (snapshot: Snapshot, talk: Talk): string => {
  const record = talk.other.kind === 'pod' ? snapshot.records.pods.get(talk.other.id) : undefined
  if (record === undefined) return ''
  const own = servicesOf(snapshot, { kind: 'pod', record, fate: 'there' })
  const headless = own.filter((id) => snapshot.records.services.get(id)?.headless)
  return headless.length === 0 ? '' : ` (as by the headless ${headless.join(', ')})`
}

const otherHops = (snapshot: Snapshot, talk: Talk, own: NodeName | undefined, figuresOf: FiguresOf): readonly Hop[] => {
  const { other } = talk
  if (other.kind === 'service')
    return [serviceHop(snapshot, other.id, talk), ...backendHops(snapshot, other.id, talk, own, figuresOf)]
  const how = talk.isAccepted
    ? 'opened by the other end: by which service it came is not told here'
    : `the other end is addressed by its own address${headlessWords(snapshot, talk)}`
  const direct = hop('service', 'none', [], how)
  if (other.kind === 'other') {
    const why = other.isOutside ? 'outside of the cluster' : 'it may be anybody'
    return [direct, hop('peer', other.address, [], `not measured: ${why}; only the sockets above tell of it`)]
  }
  const node = other.kind === 'node' ? other.name : other.node
  const name = other.kind === 'node' ? other.name : other.id
  if (node === undefined) return [direct, hop('backend', name, [], 'not measured: it is on no node that is known')]
  const what = other.kind === 'node' ? 'the node itself, or a pod on its network' : name
  if (node === own) return [direct, hop('backend', node, [], `${what}: on the same node, nothing goes over a wire`)]
  const { figures, cause = '' } = figuresOf(node)
  return [direct, hop('backend', node, figures, [what, ...(cause === '' ? [] : [cause])].join('; '))]
}

/** The way of what a pod sends, hop by hop, each with what is measured there. Pure. */
export const hopsOf = (
  snapshot: Snapshot,
  target: Target,
  look: PathLook,
  talk: Talk | undefined,
  isPrinted = false,
): readonly Hop[] => {
  const node = nodeOf(target)
  const figuresOf: FiguresOf = (name) => (isPrinted ? unsampled : figuresOfNode(snapshot, name))
  return [
    podHop(snapshot, target, look, talk, isPrinted),
    ...cableHops(snapshot, look),
    ...(node === undefined ? [] : [nodeHop(node, figuresOf)]),
    ...(talk === undefined ? [] : otherHops(snapshot, talk, node, figuresOf)),
  ]
}

/**
 * The hop that stands in the worst band, the first of several; undefined: none stands in any. What the pod itself sees is an effect
 * of what is wrong elsewhere, so that it is named only where nothing else is as bad.
 */
export const suspectOf = (hops: readonly Hop[]): Hop | undefined => {
  const worst = Math.max(0, ...hops.map(({ band }) => severity(band)))
  if (worst === 0) return undefined
  const found = hops.filter(({ band }) => severity(band) === worst)
  return found.find(({ kind }) => kind !== 'pod') ?? found[0]
}
