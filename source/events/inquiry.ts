import type { Clean } from '../text/clean.ts'
import type { ServicePlace } from './look-rules.ts'
import type { Look, TabName } from './looks.ts'
import type { PodId } from './names.ts'
import type { NodeName } from './subject.ts'

/** A pod as a node can find it: ids as the API server gave them, checked by whoever writes them into an inquiry. */
export interface PodPlace {
  readonly kind: 'pod'
  readonly id: PodId
  readonly uid: Clean
  /** Of its containers that were started, in hexadecimal. */
  readonly containers: readonly Clean[]
  readonly hostNetwork: boolean
}

/** Where a node is looked at: in a pod's network namespace, or in its own. */
export type Place = PodPlace | { readonly kind: 'host' }

/**
 * What a screen wants to know beyond what is always read. The same one asked twice is one: it is answered for as long as
 * anybody asks it.
 */
export interface Inquiry {
  readonly node: NodeName
  readonly place: Place
  readonly tab: TabName
  /** For a look at what a node does for one service. */
  readonly service?: ServicePlace
  /**
   * When a person who had seen what a look costs said yes to it, our monotonic ms: for those that ask first. It is good for one
   * look.
   */
  readonly consent?: number
}

const serviceKey = ({ id, addresses, doors }: ServicePlace): string =>
  ` ${id} ${[...addresses, ...doors.map((door) => Object.values(door).join(':'))].join(',')}`

/** What an inquiry is known by. A pod that was started anew is another one, and so is a service with other ports. */
export const inquiryKey = ({ node, place, tab, service, consent }: Inquiry): string => {
  const subject = place.kind === 'host' ? 'host' : `${place.uid} ${place.containers.join(',')}`
  const of = service === undefined ? '' : serviceKey(service)
  return `${node} ${subject} ${tab}${of}${consent === undefined ? '' : ` consent ${consent}`}`
}

/** How far apart looks are that cost more than a node is to pay: seconds, and CPU milliseconds of one. */
export interface Pace {
  readonly seconds: number
  readonly cost: number
}

/**
 * What has come of an inquiry. `live`: it is taken again by itself. `ended`: what was seen last, and why there is no more.
 * `refused`: nothing was ever seen, and why. `at`: our monotonic ms at which it was taken. `pace`:
 * it is taken less often than it is meant to be.
 */
export type Report =
  | { readonly state: 'waiting' }
  | { readonly state: 'live'; readonly at: number; readonly look: Look; readonly pace?: Pace }
  | { readonly state: 'ended'; readonly at: number; readonly look: Look; readonly cause: Clean }
  | { readonly state: 'refused'; readonly cause: Clean }
