import type { Socket, SocketsLook } from '../../../events/looks.ts'
import { segment } from '../../../interface/lines.ts'
import type { Known } from '../../../store/known.ts'
import { formatValue } from '../../../text/units.ts'
import { endpointWords, fitOwner, ownerOf } from '../address-names.ts'
import { figures, listOf, words } from '../list.ts'
import { type Fact, tab } from '../tab.ts'

const isListening = ({ state, protocol, peerPort }: Socket): boolean =>
  state === 'LISTEN' || (protocol === 'udp' && peerPort === 0)

const local = ({ localAddress, localPort }: Socket): string => endpointWords(localAddress, localPort)
const peer = ({ peerAddress, peerPort }: Socket): string => endpointWords(peerAddress, peerPort)

const byteWords = (way: string, bytes: number | undefined, rate: number | undefined): readonly string[] => {
  if (bytes === undefined) return []
  const now = rate === undefined ? '' : `, now ${formatValue(rate * 8, 'bit/s', 9)}`
  return [`${way} ${formatValue(bytes, 'bytes')}${now}`]
}

const nowWords = (perSecond = 0): string => (perSecond > 0 ? `, now ${formatValue(perSecond, '/s')}` : '')

const queueWords = (socket: Socket): string => {
  const { state, sendQueue, receiveQueue } = socket
  return state === 'LISTEN'
    ? `${receiveQueue} wait to be accepted${sendQueue === 0 ? '' : `, of ${sendQueue} at most`}`
    : `queues: ${sendQueue} to send, ${receiveQueue} to read`
}

/** Of one that listens the kernel tells in its place how many may wait. */
const sendQueueOf = ({ state, sendQueue }: Socket): number | undefined => (state === 'LISTEN' ? undefined : sendQueue)

const socketWords = (socket: Socket, known: Known): readonly string[] => {
  const { protocol, state, rtt, leastRtt, retransmits, retransmitsPerSecond, process = '' } = socket
  const { text: owner } = ownerOf(known, socket.peerAddress)
  return [
    `${protocol} ${state} ${local(socket)}${isListening(socket) ? '' : ` to ${peer(socket)}`}`,
    ...(owner === '' || isListening(socket) ? [] : [owner === '?' ? 'of whom is not known' : owner]),
    ...(rtt === undefined ? [] : [`RTT ${formatValue(rtt, 'ms')}`]),
    ...(leastRtt === undefined ? [] : [`least ${formatValue(leastRtt, 'ms')}`]),
    ...(retransmits === undefined ? [] : [`${retransmits} sent again${nowWords(retransmitsPerSecond)}`]),
    queueWords(socket),
    ...byteWords('sent', socket.bytesSent, socket.sentPerSecond),
    ...byteWords('received', socket.bytesReceived, socket.receivedPerSecond),
    ...(process === '' ? [] : [process]),
  ]
}

const queue = (
  shape: { readonly id: string; readonly heading: string; readonly priority: number },
  of: (socket: Socket) => number | undefined,
) => figures<Socket>({ ...shape, width: 6, unit: 'count' }, of, (value) => (value > 0 ? 'note' : 'plain'))

const sockets = listOf<SocketsLook, Socket>({
  title: 'sockets',
  items: ({ sockets }) => sockets,
  idOf: (socket) => `${socket.protocol} ${local(socket)} ${peer(socket)}`,
  columns: [
    words({ id: 'peer', heading: 'PEER', width: 19, most: 47, priority: 0 }, (socket) =>
      isListening(socket) ? segment('*', 'dim') : peer(socket),
    ),
    words({ id: 'owner', heading: 'WHO', width: 17, most: 48, priority: 1 }, (socket, known, width) =>
      isListening(socket) ? '' : fitOwner(ownerOf(known, socket.peerAddress), width),
    ),
    words({ id: 'state', heading: 'STATE', width: 10, priority: 1 }, ({ state }) => state),
    words({ id: 'local', heading: 'LOCAL', width: 6, most: 47, priority: 2 }, (socket, _, width) => {
      const whole = local(socket)
      return whole.length <= width ? whole : `:${socket.localPort}`
    }),
    figures({ id: 'rtt', heading: 'RTT', width: 6, priority: 2, unit: 'ms' }, ({ rtt }) => rtt),
    figures(
      { id: 'retransmits', heading: 'RETR', width: 5, priority: 2, unit: 'count' },
      ({ retransmits }) => retransmits,
      // Those of the past are no trouble now.
      (value, { retransmitsPerSecond = value }) =>
        retransmitsPerSecond > 0 ? 'warning' : value > 0 ? 'note' : 'plain',
    ),
    queue({ id: 'send', heading: 'SENDQ', priority: 3 }, sendQueueOf),
    queue({ id: 'receive', heading: 'RECVQ', priority: 4 }, ({ receiveQueue }) => receiveQueue),
    figures({ id: 'least', heading: 'MIN', width: 6, priority: 5, unit: 'ms' }, ({ leastRtt }) => leastRtt),
    words({ id: 'protocol', heading: 'PROTO', width: 5, priority: 6 }, ({ protocol }) => protocol),
    figures(
      { id: 'sending', heading: 'TX/s', width: 6, priority: 5, unit: 'bit/s' },
      ({ sentPerSecond }) => sentPerSecond && sentPerSecond * 8,
    ),
    figures(
      { id: 'receiving', heading: 'RX/s', width: 6, priority: 5, unit: 'bit/s' },
      ({ receivedPerSecond }) => receivedPerSecond && receivedPerSecond * 8,
    ),
    figures({ id: 'sent', heading: 'SENT', width: 6, priority: 7, unit: 'bytes' }, ({ bytesSent }) => bytesSent),
    figures(
      { id: 'received', heading: 'RECV', width: 6, priority: 7, unit: 'bytes' },
      ({ bytesReceived }) => bytesReceived,
    ),
    words({ id: 'process', heading: 'PROCESS', width: 12, most: 24, priority: 8 }, ({ process = '' }) => process),
  ],
  // What has to send again first, then what had to, what waits in queues, the others, those that are over, and who only listens.
  rank: (socket) => {
    const { retransmits = 0, retransmitsPerSecond = 0, receiveQueue } = socket
    if (retransmitsPerSecond > 0) return -1e9 * retransmitsPerSecond
    if (retransmits > 0) return -retransmits
    if ((sendQueueOf(socket) ?? 0) + receiveQueue > 0) return 1
    return isListening(socket) ? 4 : socket.state === 'TIME-WAIT' ? 3 : 2
  },
  words: socketWords,
  empty: 'no socket is open',
})

const countFact = ({ sockets, total }: SocketsLook): Fact => {
  const states = new Map<string, number>()
  for (const { protocol, state } of sockets) {
    const name = `${protocol} ${state}`
    states.set(name, (states.get(name) ?? 0) + 1)
  }
  const counts = [...states].sort(([, one], [, other]) => other - one).map(([state, count]) => `${count} ${state}`)
  const isCut = total > sockets.length
  const beyond = isCut ? `${sockets.length} of ${total} are shown: ` : ''
  return {
    label: 'Sockets',
    text: counts.length === 0 ? `${total}` : `${beyond}${counts.join(', ')}`,
    style: isCut ? 'note' : 'plain',
  }
}

/** Who talks to whom, how long that takes, and what had to be sent again. */
export const socketsTab = tab<SocketsLook>({
  name: 'sockets',
  purpose: 'sockets of a pod or a host: peers by name, round trips, queues',
  facts: (look) => [countFact(look)],
  lists: [sockets],
})
