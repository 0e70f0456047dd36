import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Socket } from '../../../source/events/looks.ts'
import { endOf, toldBySs } from '../../../source/nodes/namespaces/socket-listing.ts'
import { recorded } from './recorded.ts'

const all = toldBySs(recorded('ss.txt'))
const at = (localPort: number, peerPort?: number): Socket | undefined =>
  all
    .map(({ socket }) => socket)
    .find((one) => one.localPort === localPort && (peerPort ?? one.peerPort) === one.peerPort)

const only = (...lines: string[]): Socket | undefined => toldBySs(lines)[0]?.socket

const established = 'tcp ESTAB 0 0 10.0.0.1:5000 10.0.0.2:443'

describe('a listing of ss', () => {
  test('has every socket of a real one, with its inode', () => {
    expect(all).toHaveLength(11)
    expect(new Set(all.map(({ inode }) => inode)).size).toBe(11)
  })

  test('tells what a socket has sent, was sent, and how long that took', () => {
    expect(at(49_898)).toEqual({
      protocol: 'tcp',
      state: 'ESTAB',
      localAddress: '127.0.0.1',
      localPort: 49_898,
      peerAddress: '127.0.0.1',
      peerPort: 7000,
      receiveQueue: 0,
      sendQueue: 0,
      rtt: 0.02,
      leastRtt: expect.any(Number),
      retransmits: 0,
      bytesSent: 100,
      bytesReceived: 0,
    })
    expect(at(7000, 49_898)).toMatchObject({ receiveQueue: 100, bytesSent: 0, bytesReceived: 100 })
  })

  test('has an IPv4 address as such where an IPv6 socket holds it, and no brackets and scopes', () => {
    expect(at(7001, 54_274)).toMatchObject({ localAddress: '127.0.0.1', peerAddress: '127.0.0.1' })
    expect(at(58_226)).toMatchObject({ localAddress: '::1', peerAddress: '::1' })
    expect(at(53)).toMatchObject({ localAddress: '127.0.0.53', peerAddress: '0.0.0.0', peerPort: 0 })
  })

  test('tells of one that listens who may come, and nothing of times and bytes', () => {
    const listening = {
      protocol: 'tcp',
      state: 'LISTEN',
      localAddress: '*',
      localPort: 7001,
      peerAddress: '*',
      peerPort: 0,
    }
    expect(at(7001, 0)).toEqual({ ...listening, receiveQueue: 0, sendQueue: 5 })
  })

  test('without the words of the kernel has the same sockets, and no figure is 0 that was not told', () => {
    const plain = toldBySs(recorded('ss-plain.txt')).map(({ socket }) => socket)
    const bare = all.map(({ socket }) => {
      const { protocol, state, localAddress, localPort, peerAddress, peerPort, receiveQueue, sendQueue } = socket
      return { protocol, state, localAddress, localPort, peerAddress, peerPort, receiveQueue, sendQueue }
    })
    expect(plain).toEqual(bare)
  })

  test('is the same when each word stands on a line of its own, as grep -o leaves it', () => {
    const pattern =
      /^(end|tcp|udp) +[^ ]+( +[0-9]+ +[0-9]+ +[^ ]+ +[^ ]+)?| (ino|(min)?rtt|retrans|cwnd|bytes_(sent|acked|received)):[0-9./]+/g
    const reduced = recorded('ss.txt').flatMap((line) => line.match(pattern) ?? [])
    expect(toldBySs(reduced)).toEqual(all)
  })

  test('counts all segments sent again, not those under way', () => {
    expect(only(established, '\t cubic rtt:1/2 cwnd:10 retrans:1/17')).toMatchObject({ retransmits: 17 })
    expect(only(established, '\t cubic rtt:1/2 cwnd:10')).toMatchObject({ retransmits: 0 })
  })

  test('takes what was acknowledged for what was sent where the kernel counts no more, and nothing where it counts none', () => {
    expect(only(established, '\t rtt:1/2 cwnd:10 bytes_acked:700')).toMatchObject({ bytesSent: 700 })
    expect(only(established, '\t rtt:1/2 cwnd:10 bytes_acked:700 bytes_sent:900')).toMatchObject({ bytesSent: 900 })
    const both = toldBySs([
      ...[established, '\t rtt:1/2 cwnd:10 bytes_acked:1'],
      ...['tcp ESTAB 0 0 10.0.0.1:5001 10.0.0.2:443', '\t rtt:1/2 cwnd:10 bytes_acked:700 bytes_sent:900'],
    ])
    expect(both.map(({ socket }) => socket.bytesSent)).toEqual([0, 900])
    const silent = only(established, '\t rtt:1/2 cwnd:10')
    expect([silent?.bytesSent, silent?.bytesReceived]).toEqual([undefined, undefined])
  })

  test('does not give one socket what another one says', () => {
    const [first, second] = toldBySs([established, 'tcp ESTAB 0 0 10.0.0.1:5001 10.0.0.2:443', '\t rtt:3/1 cwnd:10'])
    expect([first?.socket.rtt, second?.socket.rtt]).toEqual([undefined, 3])
  })

  test.each([
    'tcp ESTAB 0 0 10.0.0.1:5000',
    'tcp ESTAB x 0 10.0.0.1:5000 10.0.0.2:443',
    'tcp ESTAB 0 0 10.0.0.1:99999 10.0.0.2:443',
    'tcp ESTAB 0 0 10.0.0.1 10.0.0.2:443',
    'tcp estab 0 0 10.0.0.1:1 10.0.0.2:443',
    'icmp ESTAB 0 0 10.0.0.1:1 10.0.0.2:443',
    'tcp ESTAB 0 0 evil.example:1 10.0.0.2:443',
    'end 0',
  ])('leaves out a line that is no socket: %s', (line) => {
    expect(toldBySs([line, '\t rtt:1/1 cwnd:10'])).toEqual([])
  })
})

describe('an end', () => {
  test.each([
    ['*:*', '*', 0],
    ['*:22', '*', 22],
    [':::22', '::', 22],
    ['[::]:*', '::', 0],
    ['[fe80::1]%eth0:22', 'fe80::1', 22],
    ['0.0.0.0%lo:53', '0.0.0.0', 53],
  ])('%s is %s and %i', (text, address, port) => {
    expect(endOf(text)).toEqual({ address, port })
  })
})

describe('hostile output', () => {
  const word = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'tcp',
      'udp',
      'ESTAB',
      'LISTEN',
      '0',
      '10.0.0.1:1',
      '[::1]:2',
      'rtt:1/2',
      'rtt:-1',
      'cwnd:1',
      'retrans:1/x',
    ),
    fc
      .tuple(fc.constantFrom('rtt:', 'minrtt:', 'retrans:', 'bytes_sent:', 'ino:'), fc.string())
      .map(([key, text]) => key + text),
  )
  const lines = fc.array(fc.array(word, { maxLength: 9 }).map((words) => words.join(' ')))

  test('is read without an error; no figure is negative or no number', () => {
    fc.assert(
      fc.property(lines, (text) => {
        const figures = toldBySs(text).flatMap(({ socket, inode }) => [
          inode,
          ...Object.values(socket).filter((value) => typeof value === 'number'),
        ])
        expect(figures.every((value) => value >= 0)).toBe(true)
      }),
    )
  })

  test('cut anywhere, it gives sockets of the whole one and one that is not whole', () => {
    const text = recorded('ss.txt').join('\n')
    const ends = new Set(all.map(({ inode }) => inode))
    fc.assert(
      fc.property(fc.nat(text.length), (length) => {
        const told = toldBySs(text.slice(0, length).split('\n'))
        expect(told.slice(0, -1).every(({ inode }) => ends.has(inode))).toBe(true)
      }),
    )
  })
})
