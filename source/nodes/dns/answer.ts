import type { Clean } from '../../text/clean.ts'
import { readMessage } from './message.ts'
import { readDatagram } from './packet.ts'
import type { Packet } from './pcap.ts'

/** One answer of a DNS server, as captured. */
export type Answer = {
  /** Seconds of the capturing machine's wall clock. */
  readonly at: number
  readonly server: string
  readonly client: string
  readonly clientPort: number
  readonly id: number
  readonly rcode: number
  readonly name: Clean
  readonly type: number
}

const dnsPort = 53

/** The DNS answer a packet carries; undefined for queries, other traffic and what cannot be read. */
export const readAnswer = (packet: Packet): Answer | undefined => {
  const datagram = readDatagram(packet.linkType, packet.data)
  if (datagram === undefined || datagram.sourcePort !== dnsPort) return undefined
  const message = readMessage(datagram.payload)
  if (message === undefined || !message.response) return undefined
  return {
    at: packet.at,
    server: datagram.source,
    client: datagram.destination,
    clientPort: datagram.destinationPort,
    id: message.id,
    rcode: message.rcode,
    name: message.name,
    type: message.type,
  }
}
