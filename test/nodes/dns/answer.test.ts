import { describe, expect, test } from 'vitest'
import { readAnswer } from '../../../source/nodes/dns/answer.ts'
import { dnsMessage, ipv4, udp, v4, wireName } from './build.ts'
import { recordedAnswers, recordedPackets } from './recordings.ts'

const name = wireName(['api', 'example', 'com'])
const ends = { source: v4('10.96.0.10'), destination: v4('10.244.1.2') }
const packet = (message: Uint8Array, port = 53) => {
  const data = ipv4(udp(message, port, 40_000), ends)
  return { at: 12.5, linkType: 101, data }
}

describe('a DNS answer', () => {
  test('is read from a packet, with its time, both ends and question', () => {
    expect(readAnswer(packet(dnsMessage(name, { id: 9, flags: 0x8183, type: 28 })))).toEqual({
      at: 12.5,
      server: '10.96.0.10',
      client: '10.244.1.2',
      clientPort: 40_000,
      id: 9,
      rcode: 3,
      name: 'api.example.com',
      type: 28,
    })
  })

  test('is no query from port 53, no answer from another port, and nothing that cannot be read', () => {
    expect(readAnswer(packet(dnsMessage(name, { flags: 0x0100 })))).toBeUndefined()
    expect(readAnswer(packet(dnsMessage(name), 5353))).toBeUndefined()
    expect(readAnswer(packet(dnsMessage(name).subarray(0, 20)))).toBeUndefined()
  })
})

describe('the recordings of tcpdump', () => {
  test('are read in whole: Ethernet, both cooked headers, nanoseconds, IPv4 and IPv6', () => {
    const counts = ['overlap-first.pcap', 'overlap-second.pcap', 'cooked.pcap', 'cooked2-nano.pcap'].map((file) => [
      recordedPackets(file).length,
      recordedAnswers(file).length,
    ])
    expect(counts).toEqual([
      [111, 111],
      [56, 56],
      [28, 28],
      [28, 28],
    ])
  })

  test('say the same in both cooked headers', () => {
    const said = (file: string) => recordedAnswers(file).map(({ at, ...answer }) => ({ ...answer, at: at.toFixed(3) }))
    expect(said('cooked2-nano.pcap')).toEqual(said('cooked.pcap'))
    expect(new Set(said('cooked.pcap').map(({ client }) => client))).toEqual(
      new Set(['10.244.1.2', '10.244.1.3', '2001:db8::2']),
    )
  })

  test('hold what was asked', () => {
    const names = recordedAnswers('overlap-first.pcap').map((answer) => `${answer.name} ${answer.type} ${answer.rcode}`)
    expect([...new Set(names)].sort()).toEqual([
      'api.example.com 1 0',
      'api.example.com 28 3',
      'api.example.com.default.svc.cluster.local 1 3',
      'api.example.com.default.svc.cluster.local 28 3',
      'kubernetes.default.svc.cluster.local 1 0',
    ])
  })

  test('give nothing where the question was cut off', () => {
    expect(recordedPackets('cut-question.pcap')).toHaveLength(10)
    expect(recordedAnswers('cut-question.pcap')).toEqual([])
  })
})
