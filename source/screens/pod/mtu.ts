import type { NetworkInterface, OverviewLook, Tunnel } from '../../events/looks.ts'

/**
 * What each kind of tunnel adds to a packet, by family of the outer header the least (IPv4), in bytes. vxlan and geneve: RFC
 * 7348 and RFC 8926 with an Ethernet header inside; ipip: RFC 2003; gre: RFC 2784; wireguard: its white paper, 60 over IPv4.
 */
const overhead: Readonly<Record<string, number>> = { vxlan: 50, geneve: 50, ipip: 20, gre: 24, wireguard: 60 }

/** What a pod is plugged into its node with: what leaves by another kind of interface is not the node's to wrap. */
const cables: ReadonlySet<string> = new Set(['veth', 'netkit'])

/** The tunnel of the node that carries the least. */
export const narrowestOf = ({ tunnels }: OverviewLook): Tunnel | undefined =>
  tunnels.toSorted((one, other) => one.mtu - other.mtu)[0]

const underlayTrouble = (
  one: NetworkInterface,
  mtu: number,
  { underlay, footing }: OverviewLook,
): string | undefined => {
  const { name, kind = '' } = one
  const added = overhead[kind] ?? 0
  // On the host only what a tunnel carries is known to leave by the interface of the default route.
  if (underlay === undefined || underlay.name === name || (footing.isHost && added === 0)) return undefined
  if (mtu + added <= underlay.mtu) return undefined
  const why = added === 0 ? '' : ` and adds ${added} bytes`
  return `${name} has an MTU of ${mtu}${why}, the node's ${underlay.name} carries ${underlay.mtu}: larger packets are dropped, or fragmented`
}

const tunnelTrouble = (one: NetworkInterface, mtu: number, look: OverviewLook): string | undefined => {
  const { name, kind = '' } = one
  const tunnel = narrowestOf(look)
  if (look.footing.isHost || !cables.has(kind) || tunnel === undefined || mtu <= tunnel.mtu) return undefined
  return `${name} has an MTU of ${mtu}, the node's ${tunnel.kind} tunnel ${tunnel.name} carries ${tunnel.mtu}: larger packets that take it to other nodes are dropped, or fragmented`
}

/** Why the MTU of an interface does not fit what it leads to; undefined: it does, or it is not known. */
export const mtuTrouble = (one: NetworkInterface, look: OverviewLook): string | undefined => {
  const { name, mtu, peer } = one
  if (mtu === undefined || name === 'lo') return undefined
  if (peer !== undefined && peer.mtu !== mtu)
    return `${name} has an MTU of ${mtu} and its other end ${peer.name} of ${peer.mtu}: packets larger than ${Math.min(mtu, peer.mtu)} are lost between them`
  return underlayTrouble(one, mtu, look) ?? tunnelTrouble(one, mtu, look)
}
