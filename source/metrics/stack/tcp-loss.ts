import type { Row } from './meaning.ts'

// Documentation/networking/snmp_counter.rst, and where it is silent include/uapi/linux/snmp.h with net/ipv4/tcp_*.c.

export const retransmits: readonly Row[] = [
  [
    'TcpRetransSegs',
    'bad',
    'Segments sent again because nobody acknowledged them: lost on the way, or acknowledged too late.',
  ],
  ['TcpExtTCPLostRetransmit', 'bad', 'What was sent again was lost once more: the way drops much, or a peer is gone.'],
  [
    'TcpExtTCPSynRetrans',
    'bad',
    'The opening of a connection was sent again: its peer, or what lies between, does not answer.',
  ],
  ['TcpExtTCPFastRetrans', 'hint', 'Sent again at once because later segments arrived: single losses, cheap to mend.'],
  ['TcpExtTCPSlowStartRetrans', 'hint', 'Sent again after a timeout, while the sender feels its way up anew.'],
  ['TcpExtTCPRetransFail', 'bad', 'A segment could not even be sent again: the host itself was short of something.'],
  ['TcpExtTCPLossProbes', 'hint', 'The last segment of a burst was sent again to learn whether it was lost.'],
  ['TcpExtTCPLossProbeRecovery', 'hint', 'Such a probe mended a loss that would have waited for a timeout.'],
  ['TcpExtTCPSackRecovery', 'hint', 'Losses that were mended by selective acknowledgements.'],
  [
    'TcpExtTCPRenoRecovery',
    'hint',
    'Losses that were mended without selective acknowledgements, which the peer does not speak.',
  ],
  ['TcpExtTCPSackFailures', 'bad', 'A mending by selective acknowledgements ended in a timeout.'],
  ['TcpExtTCPRenoFailures', 'bad', 'A mending without selective acknowledgements ended in a timeout.'],
  ['TcpExtTCPLossFailures', 'bad', 'What was sent again after a timeout timed out as well.'],
  ['TcpExtTCPSackRecoveryFail', 'bad', 'A segment could not be sent again while losses were mended.'],
  [
    'TcpExtTCPRenoRecoveryFail',
    'bad',
    'A segment could not be sent again while losses were mended, without selective acknowledgements.',
  ],
  [
    'TcpExtTCPSpuriousRtxHostQueues',
    'hint',
    'Nothing was sent again because the first one still waits in a queue of this host.',
  ],
  ['TcpExtTCPDSACKRecv', 'hint', 'A peer had a segment twice: it was sent again without need.'],
  ['TcpExtTCPDSACKOldSent', 'hint', 'A segment arrived twice: our acknowledgement was late or lost.'],
]

export const timeouts: readonly Row[] = [
  [
    'TcpExtTCPTimeouts',
    'bad',
    'A connection heard nothing for its whole waiting time, 200 ms at least, and stood still.',
  ],
  ['TcpExtTCPAbortOnTimeout', 'bad', 'Connections given up because their peer never answered.'],
  ['TcpExtTCPSpuriousRTOs', 'hint', 'Timeouts that came too early: the way is slower at times, and loses nothing.'],
  ['TcpExtTCPKeepAlive', 'plain', 'Signs of life sent on connections that are silent.'],
  ['TcpExtTCPWinProbe', 'hint', 'A peer that had no room was asked whether it has some now.'],
  ['TcpExtTcpTimeoutRehash', 'hint', 'After a timeout a connection tried another way through the network.'],
  ['TcpExtTCPMTUPFail', 'hint', 'A larger packet was tried and did not arrive.'],
]

export const outOfOrder: readonly Row[] = [
  [
    'TcpExtTCPOFOQueue',
    'hint',
    "Segments that arrived before an earlier one, and wait for it: loss, or several ways, on the peer's side.",
  ],
  ['TcpExtTCPOFODrop', 'bad', 'Segments out of order that were dropped for want of room.'],
  ['TcpExtTCPOFOMerge', 'hint', 'Segments out of order that told nothing new.'],
  ['TcpExtOfoPruned', 'bad', 'Segments out of order that were thrown away because the socket was out of memory.'],
  ['TcpExtTCPSACKReorder', 'hint', 'Packets overtook each other, as selective acknowledgements tell.'],
  ['TcpExtTCPRenoReorder', 'hint', 'Packets overtook each other, as repeated acknowledgements tell.'],
  ['TcpExtTCPTSReorder', 'hint', 'Packets overtook each other, as time stamps tell.'],
  ['TcpExtTCPDSACKOfoSent', 'hint', 'A segment out of order arrived twice.'],
  ['TcpExtTCPDSACKUndo', 'hint', 'A slowing down was taken back: nothing had been lost, as the peer told.'],
  ['TcpExtTCPFullUndo', 'hint', 'A slowing down was taken back whole: nothing had been lost.'],
  ['TcpExtTCPPartialUndo', 'hint', 'A slowing down was taken back in part.'],
  ['TcpExtTCPLossUndo', 'hint', 'A slowing down after a timeout was taken back: nothing had been lost.'],
]
