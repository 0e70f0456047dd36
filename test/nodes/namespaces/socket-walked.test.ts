import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toldByWalk, type Walked } from '../../../source/nodes/namespaces/socket-walked.ts'

const whole = (...lines: readonly string[]): Walked =>
  toldByWalk([...lines, `end ${lines.length}`]) ?? expect.fail('it has no end')

const only = (line: string) => whole(line).told[0]

const bare = 't 1 1f90d431 0a000001 0a000002 0 7 4711'
const [v6, loop, any] = ['fd000000000000000000000000000007', '00000000000000000000000000000001', '0'.repeat(32)]
const mapped = '00000000000000000000ffff0a000001'

describe('what a walk tells of a socket', () => {
  test('is its ends, its state, what waits, and its inode', () => {
    expect(only(bare)).toEqual({
      inode: 4711,
      socket: {
        ...{ protocol: 'tcp', state: 'ESTAB', localAddress: '10.0.0.1', localPort: 8080 },
        ...{ peerAddress: '10.0.0.2', peerPort: 54_321, receiveQueue: 0, sendQueue: 7 },
      },
    })
  })

  test('is what tcp_info says, times in milliseconds', () => {
    expect(only(`${bare} 232 1500 3 900 20 40 1000`)?.socket).toMatchObject({
      ...{ rtt: 1.5, leastRtt: 0.04, retransmits: 3, bytesSent: 1000, bytesReceived: 20 },
    })
  })

  test.each([
    ['4.2: what was acknowledged, no least time', 136, { rtt: 1.5, retransmits: 3, bytesSent: 900, bytesReceived: 20 }],
    ['4.6: the least time', 152, { rtt: 1.5, leastRtt: 0.04, retransmits: 3, bytesSent: 900, bytesReceived: 20 }],
    ['before 4.1: no bytes', 104, { rtt: 1.5, retransmits: 3 }],
  ])('is as much as the kernel of a version tells: %s', (_, size, figures) => {
    const without = only(bare)?.socket
    expect(only(`${bare} ${size} 1500 3 900 20 40 0`)?.socket).toEqual({ ...without, ...figures })
  })

  test('is no time where there was none yet', () => {
    const socket = only(`${bare} 232 0 0 0 0 4294967295 0`)?.socket
    expect(socket).toMatchObject({ retransmits: 0, bytesSent: 0, bytesReceived: 0 })
    expect([socket?.rtt, socket?.leastRtt]).toEqual([undefined, undefined])
  })

  test.each([
    ['an address of IPv6', `t 1 00500051 ${v6} ${loop} 0 0 1`, 'fd00::7', '::1'],
    ['one of IPv4 that an IPv6 socket holds', `t 1 00500051 ${mapped} ${mapped} 0 0 1`, '10.0.0.1', '10.0.0.1'],
    ['any one, of both families', `t 10 00500000 ${any} ${any} 0 0 1`, '*', '*'],
    ['any one, of IPv6 only', `U 7 00500000 ${any} ${any} 0 0 1`, '::', '::'],
    ['any one, of IPv4', 'u 7 00500000 00000000 00000000 0 0 1', '0.0.0.0', '0.0.0.0'],
  ])('has addresses as ss has them: %s', (_, line, local, peer) => {
    expect(only(line)?.socket).toMatchObject({ localAddress: local, peerAddress: peer })
  })

  test.each([
    [2, 'SYN-SENT'],
    [3, 'SYN-RECV'],
    [6, 'TIME-WAIT'],
    [7, 'UNCONN'],
    [10, 'LISTEN'],
    [12, 'SYN-RECV'],
    [99, 'UNKNOWN'],
  ])('has state %i as %s', (state, word) => {
    expect(only(bare.replace('t 1 ', `t ${state} `))?.socket.state).toBe(word)
  })
})

describe('what is no socket', () => {
  test.each([
    '',
    'x 1 1f90d431 0a000001 0a000002 0 7 4711',
    't 1 1f90d431 0a000001 0a0000 0 7 4711',
    `t 1 1f90d431 0a000001 ${v6} 0 7 4711`,
    't 1 1f90d431 0a000001 0a000002 0 -7 4711',
    `${bare} 232`,
    `${bare} 232 1500 3 900 20 40`,
    `${bare} 232 1500 3 900 20 40 1000 1`,
  ])('is left out: %s', (line) => {
    expect(whole(bare, line).told).toHaveLength(1)
  })

  test('is no end', () => {
    expect(toldByWalk([bare])).toBeUndefined()
    expect(toldByWalk([])).toBeUndefined()
    expect(toldByWalk([bare, 'part 900'])).toMatchObject({ all: 900, isWhole: false })
  })
})

describe('any output', () => {
  const item = fc.oneof(
    fc.string(),
    fc.constantFrom('t', 'U', '1', '10', '1f90d431', '0a000001', any, '0', '4294967295', '18446744073709551615', '-1'),
    fc.nat().map(String),
  )
  const line = fc.oneof(
    fc.array(item, { maxLength: 17 }).map((items) => items.join(' ')),
    fc.array(fc.nat().map(String), { minLength: 7, maxLength: 7 }).map((numbers) => `${bare} ${numbers.join(' ')}`),
  )

  test('is read without an error; no figure is negative or no number', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const figures = whole(...lines).told.flatMap(({ socket, inode }) => [
          inode,
          ...Object.values(socket).filter((value) => typeof value === 'number'),
        ])
        expect(figures.every((value) => value >= 0)).toBe(true)
      }),
    )
  })

  const port = fc.integer({ min: 0, max: 65_535 })
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

  test('of a socket gives back what was written', () => {
    fc.assert(
      fc.property(fc.tuple(port, port, fc.ipV4(), fc.ipV4(), fc.nat(), fc.nat()), (made) => {
        const [localPort, peerPort, localAddress, peerAddress, receiveQueue, sendQueue] = made
        const packed = (address: string): string =>
          address
            .split('.')
            .map((part) => hex(Number(part), 2))
            .join('')
        const ends = `${hex(localPort, 4)}${hex(peerPort, 4)} ${packed(localAddress)} ${packed(peerAddress)}`
        expect(only(`t 1 ${ends} ${receiveQueue} ${sendQueue} 9`)?.socket).toMatchObject({
          ...{ localAddress, localPort, peerAddress, peerPort, receiveQueue, sendQueue },
        })
      }),
    )
  })
})
