import type { Row } from './meaning.ts'

/** What is seldom looked at. */
export const rest: readonly Row[] = [
  ['TcpExtTCPSACKReneging', 'bad', 'A peer took back what it had acknowledged: it threw data away for want of memory.'],
  ['TcpExtTCPDSACKOfoRecv', 'hint', 'A peer had a segment out of order twice.'],
  ['TcpExtTCPDSACKRecvSegs', 'hint', 'How many segments peers had twice.'],
  ['TcpExtTCPSACKDiscard', 'hint', 'Selective acknowledgements that made no sense.'],
  ['TcpExtTCPDSACKIgnoredOld', 'hint', 'Peers had segments twice, long ago.'],
  ['TcpExtTCPDSACKIgnoredNoUndo', 'hint', 'Peers had segments twice, and nothing was to be taken back.'],
  ['TcpExtTCPDSACKIgnoredDubious', 'hint', 'Peers said that they had segments twice which were sent once.'],
  ['TcpExtTcpDuplicateDataRehash', 'hint', 'Since data came twice, acknowledgements tried another way.'],
  ['TcpExtTCPPLBRehash', 'hint', 'Since its way is crowded, a connection tried another one.'],
  ['TcpExtPAWSOldAck', 'hint', 'Old acknowledgements dropped for their time stamps.'],
  ['TcpExtPAWSTimewait', 'hint', 'Openings refused for a time stamp older than that of the connection before.'],
  ['TcpExtDelayedACKLocked', 'plain', 'Acknowledgements that waited longer since their socket was busy.'],
  ['TcpExtArpFilter', 'hint', 'ARP questions not answered on an interface that would not lead back (arp_filter).'],
  ['TcpExtBusyPollRxPackets', 'plain', 'Packets that a program fetched itself (busy polling).'],
  ['TcpExtTCPMTUPSuccess', 'plain', 'A larger packet was tried, and arrived.'],
  ['TcpExtTCPMigrateReqSuccess', 'plain', 'A half-open connection whose listener closed went to another one.'],
  ['TcpExtTCPFastOpenActive', 'plain', 'Connections opened from here with data at once (Fast Open).'],
  ['TcpExtTCPFastOpenActiveFail', 'hint', 'Data sent with an opening that was not taken: it was sent again.'],
  ['TcpExtTCPFastOpenPassive', 'plain', 'Connections that others opened to here with data at once (Fast Open).'],
  ['TcpExtTCPFastOpenPassiveFail', 'hint', 'Openings with data whose cookie was wrong.'],
  ['TcpExtTCPFastOpenPassiveAltKey', 'plain', 'Openings with data whose cookie was made with the key before.'],
  ['TcpExtTCPFastOpenCookieReqd', 'plain', 'Openings that asked for a cookie, to send data at once next time.'],
  ['TcpExtTCPFastOpenBlackhole', 'hint', 'Opening with data was given up for a while: what lies between swallowed it.'],
  ['TcpExtTCPMD5NotFound', 'bad', 'Segments dropped for want of an MD5 signature (BGP).'],
  ['TcpExtTCPMD5Unexpected', 'bad', 'Segments dropped for an MD5 signature that nobody asked for.'],
  ['TcpExtTCPAORequired', 'bad', 'Segments dropped for want of a signature (TCP-AO).'],
  ['TcpExtTCPAOBad', 'bad', 'Segments dropped for a wrong signature (TCP-AO).'],
  ['TcpExtTCPAOKeyNotFound', 'bad', 'Segments dropped for a signature by an unknown key (TCP-AO).'],
  ['TcpExtTCPAOGood', 'plain', 'Segments whose signature was right (TCP-AO).'],
  ['TcpExtTCPAODroppedIcmps', 'hint', 'ICMP messages passed over since their connection is signed.'],
  ...(
    [
      ['SynRecv', 'half-open connections'],
      ['PAWS', 'time stamps of the past'],
      ['Seq', 'segments outside of the window'],
      ['FinWait2', 'connections that wait for their end'],
      ['TimeWait', 'connections that have ended'],
      ['Challenge', 'segments that may be forged'],
    ] as const
  ).map(
    ([name, what]): Row => [`TcpExtTCPACKSkipped${name}`, 'hint', `Answers saved, since too many are due to ${what}.`],
  ),
]

/** What is seldom seen of ICMP. */
export const icmpRest: readonly Row[] = (['In', 'Out'] as const).flatMap((way): readonly Row[] => {
  const were = way === 'In' ? 'received' : 'sent'
  return [
    [`Icmp${way}Timestamps`, 'plain', `Questions for the time that were ${were}.`],
    [`Icmp${way}TimestampReps`, 'plain', `Answers about the time that were ${were}.`],
    [`Icmp${way}AddrMasks`, 'plain', `Questions for a netmask that were ${were}.`],
    [`Icmp${way}AddrMaskReps`, 'plain', `Answers about a netmask that were ${were}.`],
    [`Icmp${way}GroupMembQueries`, 'plain', `Questions for members of groups that were ${were}.`],
    [`Icmp${way}GroupMembResponses`, 'plain', `Joinings of groups that were ${were}.`],
    [`Icmp${way}GroupMembReductions`, 'plain', `Leavings of groups that were ${were}.`],
  ]
})

export const icmpOut: readonly Row[] = [
  ['IcmpOutParmProbs', 'hint', 'We did not understand the header of a packet.'],
  ['IcmpOutParmProblems', 'hint', 'We did not understand the header of a packet.'],
  ['IcmpOutSrcQuenchs', 'hint', 'We asked for less, as nobody does any more.'],
  ['IcmpOutRouterAdvertisements', 'plain', 'We made ourselves known as a router.'],
]
