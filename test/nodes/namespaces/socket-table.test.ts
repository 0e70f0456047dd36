import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ByteOrder } from '../../../source/nodes/namespaces/kernel-addresses.ts'
import type { Told } from '../../../source/nodes/namespaces/socket-listing.ts'
import { toldBySs } from '../../../source/nodes/namespaces/socket-listing.ts'
import { toldByTable } from '../../../source/nodes/namespaces/socket-table.ts'
import { recorded } from './recorded.ts'

const tables = (read: (name: string) => readonly string[], order: ByteOrder): readonly Told[] => [
  ...['tcp', 'tcp6'].flatMap((name) => toldByTable('tcp', read(`${name}.txt`), order)),
  ...['udp', 'udp6'].flatMap((name) => toldByTable('udp', read(`${name}.txt`), order)),
]

const byInode = (told: readonly Told[]) => [...told].sort((one, other) => one.inode - other.inode)

/** The four bytes of each word the other way round. */
const turned = (hex: string): string => hex.replaceAll(/(..)(..)(..)(..)/g, '$4$3$2$1')
const addresses = /(?<= )(?:[0-9A-F]{8}|[0-9A-F]{32})(?=:[0-9A-F]{4} )/g

const rowOf = (
  local: string,
  peer: string,
  rest = '01 00000000:00000000 00:00000000 00000000     0        0 7 1',
): string => `   0: ${local} ${peer} ${rest}`

describe('the tables of /proc/PID/net', () => {
  const told = tables(recorded, 'little')

  test('have the sockets that ss tells, in the same words; who takes both families stands there as one of IPv6', () => {
    const bySs = toldBySs(recorded('ss-plain.txt')).map(({ socket }) => JSON.stringify(socket))
    const byTables = told.map(({ socket }) => {
      const isListening = socket.state === 'LISTEN'
      const both = isListening && socket.localAddress === '::' ? { localAddress: '*', peerAddress: '*' } : {}
      // How many may wait stands in no table.
      return JSON.stringify({ ...socket, ...both, ...(isListening ? { sendQueue: 5 } : {}) })
    })
    expect([...byTables].sort()).toEqual([...bySs].sort())
  })

  test('have the inodes that ss tells', () => {
    const inodes = (all: readonly Told[]) => byInode(all).map(({ inode }) => inode)
    expect(inodes(told)).toEqual(inodes(toldBySs(recorded('ss.txt'))))
  })

  test('of a big-endian node say the same with the bytes the other way round', () => {
    const other = (name: string) => recorded(name).map((line) => line.replaceAll(addresses, turned))
    expect(tables(other, 'big')).toEqual(told)
  })

  test.each([
    ['0100007F:0016', '127.0.0.1', 22],
    ['0000000000000000FFFF00000100007F:0016', '127.0.0.1', 22],
    ['B80D01200000000000000000A0B00000:FFFF', '2001:db8::b0a0', 65_535],
    ['00000000000000000000000000000000:0000', '::', 0],
  ])('%s is %s, port %i', (end, address, port) => {
    const [one] = toldByTable('tcp', [rowOf(end, '00000000:0000')], 'little')
    expect(one?.socket).toMatchObject({ localAddress: address, localPort: port })
  })

  test.each([
    ['02', 'SYN-SENT'],
    ['06', 'TIME-WAIT'],
    ['08', 'CLOSE-WAIT'],
    ['0C', 'SYN-RECV'],
    ['FF', 'UNKNOWN'],
  ])('state %s is %s', (number, state) => {
    const rest = `${number} 0000000A:00000014 00:00000000 00000000     0        0 7 1`
    const [one] = toldByTable('tcp', [rowOf('0100007F:0016', '0100007F:0017', rest)], 'little')
    expect(one?.socket).toMatchObject({ state, sendQueue: 10, receiveQueue: 20 })
  })

  test('have no times and no retransmits: those of the timer are not a count', () => {
    const rest = '01 00000000:00000000 01:00000014 00000003     0        0 7 1'
    const [one] = toldByTable('tcp', [rowOf('0100007F:0016', '0100007F:0017', rest)], 'little')
    expect(one?.socket).not.toHaveProperty('retransmits')
    expect(one?.socket).not.toHaveProperty('rtt')
  })

  test('are read without an error whatever is in them', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom(...recorded('tcp6.txt')))
    const cut = fc.tuple(line, fc.nat(150)).map(([text, length]) => text.slice(0, length))
    fc.assert(
      fc.property(fc.array(fc.oneof(line, cut)), fc.constantFrom<ByteOrder>('little', 'big'), (lines, order) => {
        for (const { socket } of toldByTable('tcp', lines, order)) {
          expect(socket.localPort).toBeLessThan(65_536)
          expect(socket.localAddress).toMatch(/^[0-9a-f.:]+$/)
        }
      }),
    )
  })
})
