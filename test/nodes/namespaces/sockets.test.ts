import { describe, expect, test } from 'vitest'
import type { Socket, SocketsLook } from '../../../source/events/looks.ts'
import { type Blind, isBlind, type Seen } from '../../../source/nodes/namespaces/look-kind.ts'
import { holdersIn, holdersOf } from '../../../source/nodes/namespaces/socket-holders.ts'
import { socketsLook } from '../../../source/nodes/namespaces/sockets.ts'
import { clean } from '../../../source/text/clean.ts'
import { recorded } from './recorded.ts'

const seenOf = (sections: Readonly<Record<string, readonly string[]>>, more: Partial<Seen> = {}): Seen => ({
  footing: { way: clean('its cgroup'), pid: 77, right: 'root', isHost: false },
  sections: new Map(Object.entries(sections)),
  place: { kind: 'host' },
  cut: false,
  ...more,
})

const look = (result: SocketsLook | Blind): SocketsLook => {
  if (isBlind(result)) throw new Error(result.cause)
  return result
}

const ss = (lines: readonly string[], status = 0) => ({ count: ['11'], ss: [...lines, `end ${status}`] })
const held = { names: ['77 nginx'], files: ['/proc/77/fd:', 'lrwx------ 1 0 0 64 Nov 29 10:00 3 -> socket:[6037720]'] }

const line = (port: number, more = ''): string =>
  `tcp ESTAB 0 0 10.0.0.1:${port} 10.0.0.2:443 ino:${port} cwnd:10 ${more}`

describe('a look at sockets', () => {
  test('tells all of them, who holds which, and what a person would type', () => {
    const { sockets, total, lacks, byHand } = look(
      socketsLook.read(seenOf({ ...ss(recorded('ss.txt')), ...held }), undefined),
    )
    expect([sockets.length, total, lacks]).toEqual([11, 11, []])
    expect(sockets.filter(({ process }) => process !== undefined)).toMatchObject([
      { localPort: 7000, process: 'nginx 77' },
    ])
    expect(byHand).toEqual(['nsenter -t 77 -n ss -tuanpi'])
  })

  test('without root tells what the tables say, and what root would add by which command', () => {
    const names = ['tcp', 'tcp6', 'udp', 'udp6'] as const
    const sections = Object.fromEntries(names.map((name) => [name, recorded(`${name}.txt`)]))
    const footing = { way: clean('its cgroup'), pid: 77, right: 'user', isHost: false } as const
    const { sockets, lacks } = look(socketsLook.read(seenOf({ order: [' 614e'], ...sections }, { footing }), undefined))
    expect(sockets).toHaveLength(11)
    expect(lacks).toEqual([
      {
        what: 'round-trip times, retransmits, bytes and processes',
        advice: 'it takes root: nsenter -t 77 -n ss -tuanpi',
      },
    ])
  })

  test('that may read nothing says so', () => {
    expect(socketsLook.read(seenOf({ order: ['0001'] }), undefined)).toEqual({
      cause: expect.stringContaining('hidepid'),
    })
  })

  test.each([
    [['end 127'], 'ended with status 127'],
    [[], 'broke off'],
  ])('that failed says how: %j', (lines, words) => {
    expect(socketsLook.read(seenOf({ ss: lines }), undefined)).toEqual({ cause: expect.stringContaining(words) })
  })

  test('of a kernel that tells no times says what is missing', () => {
    const plain = look(socketsLook.read(seenOf({ ...ss(recorded('ss-plain.txt')), files: [] }), undefined))
    expect(plain.lacks).toMatchObject([{ what: 'round-trip times' }])
  })
})

describe('a look at what perl told', () => {
  const tcp = 't 1 1f90d431 0a000001 0a000002 0 7 4711 232 1500 3 900 20 40 1000'
  const walked = (lines: readonly string[], more: Readonly<Record<string, readonly string[]>> = {}) =>
    socketsLook.read(
      seenOf({ count: ['2'], few: lines, names: ['77 nginx'], held: ['77 4711 4712'], ...more }),
      undefined,
    )

  test('has its sockets, who holds which, and what a person would type', () => {
    const { sockets, total, lacks, byHand } = look(walked([tcp, 'u 7 00350000 00000000 00000000 0 0 4712', 'end 2']))
    expect([sockets.length, total, lacks]).toEqual([2, 2, []])
    expect(sockets).toMatchObject([
      { protocol: 'udp', state: 'UNCONN', localPort: 53, process: 'nginx 77' },
      { protocol: 'tcp', rtt: 1.5, bytesSent: 1000, process: 'nginx 77' },
    ])
    expect(byHand).toEqual(['nsenter -t 77 -n ss -tuanpi'])
  })

  test('has those of UDP from its tables where the kernel could not be asked', () => {
    const { sockets, total, lacks } = look(
      walked([tcp, 'end 1'], { order: ['614e'], udp: recorded('udp.txt'), udp6: recorded('udp6.txt') }),
    )
    const udp = sockets.filter(({ protocol }) => protocol === 'udp').length
    expect(udp).toBeGreaterThan(1)
    expect([total, lacks]).toEqual([udp + 1, []])
  })

  test('has as many as the node counted where the answer broke off', () => {
    expect(look(walked([tcp, 'part 1'], { count: ['90'] })).total).toBe(90)
  })

  test('says so where its end is missing, as it does where the kernel tells no times', () => {
    expect(walked([tcp])).toEqual({ cause: expect.stringContaining('broke off') })
    const [bare] = tcp.split(' 232')
    expect(look(walked([bare ?? '', 'end 1'])).lacks).toMatchObject([{ what: 'round-trip times' }])
  })

  test('of very many says what was left out', () => {
    const most = ['t 10 1f900000 00000000 00000000 0 5 1', 'end 6000']
    const { total, lacks, sockets } = look(socketsLook.read(seenOf({ count: ['5990'], most }), undefined))
    expect([total, sockets.length]).toEqual([6000, 1])
    expect(lacks).toMatchObject([{ advice: expect.stringContaining('above 2000 sockets') }])
  })

  test('on the node itself says that nobody looked who holds them', () => {
    const { lacks } = look(socketsLook.read(seenOf({ count: ['1'], few: [tcp, 'end 1'] }), undefined))
    expect(lacks).toMatchObject([{ what: 'processes' }])
  })
})

describe('rates', () => {
  const first = look(
    socketsLook.read(seenOf(ss([line(1, 'bytes_sent:1000 bytes_received:10'), line(2, 'bytes_sent:500')])), undefined),
  )
  const next = (lines: readonly string[], seconds = 2) =>
    look(socketsLook.read(seenOf(ss(lines)), { look: first, seconds })).sockets

  test('come from two looks at the same socket', () => {
    const [one] = next([line(1, 'bytes_sent:5000 bytes_received:10 retrans:0/6')])
    expect(one).toMatchObject({ sentPerSecond: 2000, receivedPerSecond: 0, retransmitsPerSecond: 3 })
  })

  test('there are none in a first look, nor of a socket that was not there before', () => {
    expect(first.sockets.every(({ sentPerSecond }) => sentPerSecond === undefined)).toBe(true)
    expect(next([line(3, 'bytes_sent:5000')])[0]).not.toHaveProperty('sentPerSecond')
  })

  test('there are none where a counter went back: that is another socket with the same ends', () => {
    expect(next([line(1, 'bytes_sent:10')])[0]).not.toHaveProperty('sentPerSecond')
  })

  test('there are none of a socket with the same ends and another inode, whatever its counters are', () => {
    const of = (inode: number, sent: number) =>
      socketsLook.read(seenOf(ss([line(1, '').replace('ino:1 ', `ino:${inode} `) + ` bytes_sent:${sent}`])), undefined)
    const before = { look: look(of(7, 100)), seconds: 2 }
    const now = seenOf(ss([line(1, '').replace('ino:1 ', 'ino:8 ') + ' bytes_sent:900']))
    expect(look(socketsLook.read(now, before)).sockets[0]).not.toHaveProperty('sentPerSecond')
    expect(
      look(socketsLook.read(seenOf(ss([`${line(1).replace('ino:1 ', 'ino:7 ')} bytes_sent:900`])), before)).sockets[0],
    ).toMatchObject({ sentPerSecond: 400 })
  })

  test('there are none over no time', () => {
    expect(next([line(1, 'bytes_sent:5000')], 0)[0]).not.toHaveProperty('sentPerSecond')
  })
})

describe('many sockets', () => {
  const ports = Array.from({ length: 900 }, (_, index) => 10_000 + index)

  test('are all counted; what listens and has most trouble is kept', () => {
    const lines = [
      ...ports.map((port) => line(port, port === 10_700 ? 'retrans:0/9' : '')),
      'tcp ESTAB 0 7000 10.0.0.1:9 10.0.0.2:443',
      'tcp LISTEN 0 128 0.0.0.0:80 0.0.0.0:*',
      ...ports.map((port) => `tcp TIME-WAIT 0 0 10.0.0.3:${port} 10.0.0.2:443`),
    ]
    const { sockets, total } = look(socketsLook.read(seenOf(ss(lines)), undefined))
    expect([sockets.length, total]).toEqual([300, 1802])
    expect(sockets.slice(0, 3).map(({ localPort }) => localPort)).toEqual([80, 10_700, 9])
    expect(sockets.some(({ state }: Socket) => state === 'TIME-WAIT')).toBe(false)
  })

  test('above a bound are told without what is dear, which is said with the command for it', () => {
    const many = [line(1), 'tcp LISTEN 0 128 0.0.0.0:80 0.0.0.0:*', 'end 0', 'all 6000']
    const { total, lacks } = look(socketsLook.read(seenOf({ count: ['5990'], many }), undefined))
    expect(total).toBe(6000)
    expect(lacks).toEqual([
      {
        what: 'round-trip times, retransmits, bytes and processes',
        advice: 'above 2000 sockets a look leaves them out: run nsenter -t 77 -n ss -tanpi',
      },
    ])
  })

  test('of a table that was cut after 2,000 are as many as the node counted', () => {
    const [heading = '', row = ''] = recorded('tcp.txt')
    const footing = { way: clean('its cgroup'), pid: 77, right: 'user', isHost: false } as const
    const totalOf = (rows: number): number => {
      const tcp = [heading, ...Array.from({ length: rows }, () => row)]
      return look(socketsLook.read(seenOf({ count: ['2345'], tcp }, { footing }), undefined)).total
    }
    expect([totalOf(1999), totalOf(2000)]).toEqual([1999, 2345])
    expect(socketsLook.script).toContain('head -n 2001 "$net/$f"')
  })

  test('of which the end was cut off are as many as the node counted', () => {
    expect(look(socketsLook.read(seenOf({ count: ['1500'], ss: [line(1)] }, { cut: true }), undefined)).total).toBe(
      1500,
    )
  })
})

describe('who holds a socket', () => {
  const file = (inode: number) => `lrwx------ 1 0 0 64 Nov 29 10:00 3 -> socket:[${inode}]`

  test('is the first process that has it open', () => {
    const holders = holdersOf(['7 master', '8 worker'], ['/proc/7/fd:', file(1), '/proc/8/fd:', file(1), file(2)])
    expect([...holders]).toEqual([
      [1, 'master 7'],
      [2, 'worker 8'],
    ])
  })

  test('is the same by lists of what each holds', () => {
    expect([...holdersIn(['7 master', '8 worker'], ['7 1', '8 1 2 x', '9 3', '', '8'])]).toEqual([
      [1, 'master 7'],
      [2, 'worker 8'],
    ])
  })

  test('is said not to be known of a process with too many open files, with the command for it', () => {
    const { lacks } = look(socketsLook.read(seenOf({ ...ss([line(1)]), files: [], passed: [' 88 89'] }), undefined))
    expect(lacks).toContainEqual({
      what: 'sockets of 88 89',
      advice: 'too many open files: run nsenter -t 77 -n ss -tuanp',
    })
  })

  test('is shown without what a name must not do to a terminal, and cannot name another process', () => {
    const holders = holdersOf(['7 x) R 1\u001b[2J', 'no pid'], ['/proc/7/fd:', file(1), '/proc/9/fd:', file(2)])
    expect([...holders]).toEqual([[1, 'x) R 1\ufffd[2J 7']])
  })
})
