import { nameOf, namespaceOf } from '../events/names.ts'
import {
  gatheredByEnd,
  isPartlyRead,
  type ServiceGroup,
  type SocketShares,
  serviceSocketsOf,
} from '../store/service-sockets.ts'
import type { Snapshot } from '../store/snapshot.ts'
import { figuresOf } from '../store/socket-figures.ts'
import { rounded } from './number.ts'

/** Times in milliseconds. */
export interface JsonSocketFigures {
  readonly sockets: number
  /** Sockets that sent and were answered within 5 s. */
  readonly samples: number
  readonly p50?: number
  /** Only of 500 samples and more. */
  readonly p99?: number
  readonly max?: number
  readonly min?: number
  /** Segments sent again, per second. */
  readonly retransmits?: number
  /** Sockets that nobody reads may add to `sockets` and `retransmits`. */
  readonly atLeast?: true
}

export interface JsonEndpoint extends JsonSocketFigures {
  readonly side: 'client' | 'server'
  /** The node that measures. */
  readonly node: string
  /** Not there where nobody knows it. */
  readonly address?: string
  readonly port?: number
}

/** Figures of a service are those of its clients' sockets. */
export interface JsonService extends JsonSocketFigures {
  readonly namespace: string
  readonly name: string
  readonly endpoints: readonly JsonEndpoint[]
}

export interface JsonServices {
  readonly nodes: { readonly read: number; readonly of: number }
  /** Where the sockets of clients go. */
  readonly sockets: Omit<SocketShares, 'services'> & { readonly attributed: number }
  readonly items: readonly JsonService[]
}

const figures = (groups: readonly ServiceGroup[], isPart: boolean): JsonSocketFigures => {
  const { sockets, observations, p50, p99, max, least, again } = figuresOf(groups)
  const told = Object.entries({ p50, p99, max, min: least, retransmits: again }).flatMap(([key, value]) => {
    const number = rounded(value)
    return number === undefined ? [] : [[key, number] as const]
  })
  return { sockets, samples: observations, ...Object.fromEntries(told), ...(isPart ? { atLeast: true } : {}) }
}

/** Round-trip times of services that some socket talks to; undefined where no node tells the sockets of its pods. */
export const jsonServices = (snapshot: Snapshot): JsonServices | undefined => {
  if (snapshot.cluster === undefined || snapshot.records.services.size === 0) return undefined
  const { byService, shares, nodes, isPart } = serviceSocketsOf(snapshot)
  if (nodes.read === 0) return undefined
  const { services: attributed, ...others } = shares
  return {
    nodes,
    sockets: { attributed, ...others },
    items: Array.from(byService, ([id, groups]) => ({
      namespace: namespaceOf(id),
      name: nameOf(id),
      ...figures(
        groups.filter(({ group }) => group.role === 'client'),
        isPart,
      ),
      endpoints: Array.from(gatheredByEnd(groups).values(), ({ side, node, endpoint, groups: own }) => ({
        ...{ side, node },
        ...(endpoint === undefined ? {} : endpoint),
        ...figures(own, isPartlyRead(snapshot, node)),
      })),
    })),
  }
}
