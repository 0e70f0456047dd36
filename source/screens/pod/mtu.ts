import type { NetworkInterface, OverviewLook } from '../../events/looks.ts'

/**
 * What each kind of tunnel adds to a packet, by family of the outer header the least (IPv4), in bytes. vxlan and geneve: RFC
 * 7348 and RFC 8926 with an Ethernet header inside; ipip: RFC 2003; gre: RFC 2784; wireguard: its white paper, 60 over IPv4.
 */
const overhead: Readonly<Record<string, number>> = { vxlan: 50, geneve: 50, ipip: 20, gre: 24, wireguard: 60 }

/** Why the MTU of an interface does not fit what it leads to; undefined: it does, or it is not known. */
export const mtuTrouble = (one: NetworkInterface, { underlay, footing }: OverviewLook): string | undefined => {
  const { name, mtu, kind = '', peer } = one
  if (mtu === undefined || name === 'lo') return undefined
  if (peer !== undefined && peer.mtu !== mtu)
    return `${name} has an MTU of ${mtu} and its other end ${peer.name} of ${peer.mtu}: packets larger than ${Math.min(mtu, peer.mtu)} are lost between them`
  const added = overhead[kind] ?? 0
  // On the host only what a tunnel carries is known to leave by the interface of the default route.
  if (underlay === undefined || underlay.name === name || (footing.isHost && added === 0)) return undefined
  if (mtu + added <= underlay.mtu) return undefined
  const why = added === 0 ? '' : ` and adds ${added} bytes`
  return `${name} has an MTU of ${mtu}${why}, the node's ${underlay.name} carries ${underlay.mtu}: larger packets are dropped, or fragmented`
}
