import type { Clean } from '../text/clean.ts'
import type { Address } from './address.ts'
import type { ServiceId } from './names.ts'

/** A port of a service as kube-proxy names its chains by it. */
export interface ServiceDoor {
  /** Empty for the only port of a service. */
  readonly name: Clean
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly port: number
  /** 0: none. */
  readonly nodePort: number
}

/** A service as a node can find its rules: ids and addresses as the API server gave them. */
export interface ServicePlace {
  readonly id: ServiceId
  /** Those at which a node answers for it: of the cluster, of load balancers, and external ones. */
  readonly addresses: readonly Address[]
  readonly doors: readonly ServiceDoor[]
}

/** Whose rules were found: `none`: no rule of this service is there. */
export type RulesWay = 'iptables-nft' | 'iptables-legacy' | 'nftables' | 'cilium' | 'none'

/** One rule as the tool prints it. */
export interface Rule {
  readonly family: 4 | 6
  readonly chain: Clean
  readonly text: Clean
}

/** An element of one of kube-proxy's maps in nftables mode, or of Cilium's BPF maps: what a destination leads to. */
export interface MapElement {
  readonly family: 4 | 6
  readonly map: Clean
  /** `10.96.0.10 . tcp . 53`. */
  readonly key: Clean
  /** `goto service-FY5PMXPG-kube-system/kube-dns/udp/dns`, `drop`; `2 backends: 5, 9`, `no backend`. */
  readonly verdict: Clean
}

/** Where a rule sends packets for a port of a service. */
export interface RuleBackend {
  readonly family: 4 | 6
  readonly door: ServiceDoor
  /** `local`: of those on this node alone. */
  readonly policy: 'cluster' | 'local'
  readonly address: Address
  readonly port: number
  /** Of new connections, 0 to 1. */
  readonly share: number
  /** The chain whose rule it is; of Cilium the map and the key. */
  readonly chain: Clean
  /** A local redirect policy of Cilium sends there: to a pod that need not be an endpoint of the service. */
  readonly isRedirect?: true
}

/** What a node has of one service's rules. */
export interface SeenRules {
  readonly service: ServiceId
  readonly way: RulesWay
  readonly backends: readonly RuleBackend[]
  readonly elements: readonly MapElement[]
  readonly rules: readonly Rule[]
  /** Seconds for which a client stays with its backend; 0: so it is, for how long was not told. Not there: none does. */
  readonly affinity?: number
  /** Chains, entries and backends that are there and were not listed: that would have taken too long. */
  readonly unlisted: number
  /** What else serves services on this node, such as Cilium. */
  readonly others: readonly Clean[]
}
