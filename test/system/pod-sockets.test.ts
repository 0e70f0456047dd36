import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Socket, SocketsLook } from '../../source/events/looks.ts'
import { childSeconds } from '../../source/nodes/command-answer.ts'
import { type Blind, isBlind } from '../../source/nodes/namespaces/look-kind.ts'
import { socketsLook } from '../../source/nodes/namespaces/sockets.ts'
import { clean } from '../../source/text/clean.ts'
import { run } from './support/command.ts'
import { converse } from './support/conversation.ts'
import { requireKernel } from './support/kernel.ts'
import { lookingAt } from './support/look.ts'
import { makeNamespace, makePair, type Namespace } from './support/namespace.ts'
import { note } from './support/oracle.ts'

const seen = (look: SocketsLook | Blind): SocketsLook => {
  if (isBlind(look)) throw new Error(look.cause)
  return look
}

/** A namespace whose processes are all one: that one's pid. */
const leader = async (namespace: Namespace): Promise<number> => {
  const [pid] = await namespace.pids()
  if (pid === undefined) throw new Error('no process is in the namespace')
  return pid
}

const program = (text: string) => ['perl', '-MSocket', '-e', `$| = 1; ${text}; print "ready\\n"; sleep 1000`] as const

/** A process with a name that looks like a part of its own `stat`, and sockets of both families. */
const bothFamilies = async (namespace: Namespace): Promise<number> => {
  const process = namespace.start(
    program(`use IO::Socket::IP; open my $c, ">", "/proc/self/comm" or die; print $c "x) R 1\\n2"; close $c or die;
      my @all; for my $host ("127.0.0.1", "::1") {
        push @all, my $one = IO::Socket::IP->new(LocalAddr => $host, LocalPort => 7000, Listen => 5) || die $!;
        push @all, IO::Socket::IP->new(PeerAddr => $host, PeerPort => 7000), $one->accept;
      }`),
  )
  await process.said(/^ready/)
  return process.pid
}

/** So many connections of a process to itself, with five bytes that nobody reads on one. */
const thousands = async (namespace: Namespace, count: number): Promise<number> => {
  const process = namespace.start([
    ...['sh', '-c', 'ulimit -n 20000; exec "$@"', 'sh'],
    ...program(`use IO::Socket::IP; my $one = IO::Socket::IP->new(LocalAddr => "127.0.0.1", LocalPort => 7000, Listen => 5) || die $!;
      my @all; for (1 .. ${count}) { push @all, IO::Socket::IP->new(PeerAddr => "127.0.0.1", PeerPort => 7000), $one->accept }
      $all[0]->syswrite("12345")`),
  ] as never)
  await process.said(/^ready/)
  return process.pid
}

const endOf = ({ localAddress, localPort, peerAddress, peerPort }: Socket): string =>
  `${localAddress} ${localPort} ${peerAddress} ${peerPort}`

/** The established sockets as a person reads them: ends, round-trip times, bytes. */
const byHand = async ({ run }: Namespace) => {
  const text = await run(['ss', '-tinH', 'state', 'established'])
  return text
    .split(/\n(?=\S)/)
    .map((one) => {
      const [, , local = '', peer = ''] = one.split(/\s+/)
      const number = (pattern: RegExp) => Number(pattern.exec(one)?.[1] ?? 0)
      return {
        end: `${local.replace(':', ' ')} ${peer.replace(':', ' ')}`,
        rtt: number(/ rtt:([\d.]+)/),
        leastRtt: number(/ minrtt:([\d.]+)/),
        bytesSent: number(/ bytes_sent:(\d+)/),
        bytesReceived: number(/ bytes_received:(\d+)/),
        retransmits: number(/ retrans:\d+\/(\d+)/),
      }
    })
    .sort((one, other) => one.end.localeCompare(other.end, 'en'))
}

const told = ({ sockets }: SocketsLook) =>
  sockets
    .filter(({ state }) => state === 'ESTAB')
    .map((socket) => {
      const { rtt, leastRtt, bytesSent, bytesReceived, retransmits } = socket
      return { end: endOf(socket), rtt, leastRtt, bytesSent, bytesReceived, retransmits }
    })
    .sort((one, other) => one.end.localeCompare(other.end, 'en'))

const looks = 40

/** Programs without perl, or with one that is this script. */
const toolsWith = (perl?: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-tools-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const name of ['nsenter', 'ss', 'ls', 'stat', 'od', 'head', 'grep', 'awk'])
    symlinkSync(`/usr/bin/${name}`, join(folder, name))
  if (perl !== undefined) {
    writeFileSync(join(folder, 'perl'), `#!/bin/sh\n${perl}\n`)
    chmodSync(join(folder, 'perl'), 0o755)
  }
  return folder
}

const ways = ['perl', 'ss'] as const

/** A look that goes this way: with perl, or on a node that has none. */
const lookBy = (way: (typeof ways)[number], pid: number) =>
  lookingAt(socketsLook, pid, way === 'perl' ? {} : { tools: toolsWith() })

/** Which of them it went. */
const wayOf = ({ sections }: { readonly sections: () => ReadonlyMap<string, unknown> }): string =>
  ['ss', 'many'].some((name) => sections().has(name))
    ? 'ss'
    : ['few', 'most'].some((name) => sections().has(name))
      ? 'perl'
      : 'none'

/** CPU milliseconds of ss alone, entered by hand, in the mean. */
const costOf = async (pid: number): Promise<number> => {
  const each = `nsenter -t ${pid} -n -- ss -tuaneiH >/dev/null`
  const script = `i=0; while [ $i -lt ${looks} ]; do i=$((i + 1)); ${each}; done; times`
  return Number(((1000 * childSeconds(await run(['dash', '-c', script]))) / looks).toFixed(1))
}

/** A process with sockets of every kind that stays as it is. */
const everyKind = async (namespace: Namespace): Promise<number> => {
  const process = namespace.start(
    program(`use IO::Socket::IP; my @all;
      sub made { push @all, my $one = IO::Socket::IP->new(@_) || die "@_: $@"; return $one }
      my $four = made(LocalAddr => "127.0.0.1", LocalPort => 7000, Listen => 5);
      my $both = made(LocalAddr => "::", LocalPort => 7001, Listen => 5, V6Only => 0);
      made(LocalAddr => "::", LocalPort => 7002, Listen => 5, V6Only => 1);
      made(LocalAddr => "0.0.0.0", LocalPort => 7003, Listen => 5);
      my @to = map { made(PeerAddr => $_->[0], PeerPort => $_->[1]) } ["127.0.0.1", 7000], ["127.0.0.1", 7001], ["::1", 7001], ["127.0.0.1", 7000];
      my @at = map { my $s = $_->accept; push @all, $s; $s } $four, $both, $both, $four;
      $to[0]->syswrite("x" x 100); $at[1]->syswrite("y" x 50000);
      shutdown $to[2], 1; close $to[3]; sysread $at[3], my $end, 1; close $at[3];
      made(Proto => "udp", LocalAddr => $_->[0], LocalPort => $_->[1], V6Only => $_->[2])
        for ["0.0.0.0", 53, 0], ["::", 54, 0], ["::", 55, 1], ["::1", 56, 0];
      made(Proto => "udp", LocalAddr => "127.0.0.1", LocalPort => 57, PeerAddr => "127.0.0.1", PeerPort => 53)->syswrite("hello");
      made(PeerAddr => "127.0.0.1", PeerPort => 7003)`),
  )
  await process.said(/^ready/)
  // Until all that was written is acknowledged, round-trip times and queues are of the moment.
  await expect
    .poll(async () => (await namespace.run(['ss', '-tnH', 'state', 'established'])).trim().split('\n'))
    .toSatisfy((lines: readonly string[]) => lines.every((line) => line.split(/\s+/)[1] === '0'))
  return process.pid
}

describe.each(ways)('the sockets of a namespace by %s', (way) => {
  test('are what ss shows there, with who holds them', async (context) => {
    await requireKernel(context, 'veth cables')
    const pair = await makePair()
    const tell = await converse(pair)
    await tell('open 100')
    await tell('ping 3')
    const pid = await leader(pair.near)
    const looking = await lookBy(way, pid)
    const look = seen(await looking.look())
    expect(wayOf(looking)).toBe(way)
    expect(told(look)).toEqual(await byHand(pair.near))
    expect(look.total).toBe(100)
    expect(new Set(look.sockets.map(({ process }) => process?.split(' ').at(-1)))).toEqual(new Set([String(pid)]))
    expect(look.lacks).toEqual([])
    expect(look.footing).toMatchObject({ pid, right: 'root', namespace: expect.any(Number) })

    const start = looking.cost()
    for (let index = 0; index < looks; index += 1) seen(await looking.look())
    const cost = (looking.cost() - start) / looks
    note(`CPU of a look at 100 sockets by ${way}, ms, beside ss`, Number(cost.toFixed(1)), await costOf(pid))
  })

  test('that lose packets show how many are sent again in a second', async (context) => {
    await requireKernel(context, 'veth cables', 'iptables statistic match')
    const pair = await makePair()
    const tell = await converse(pair)
    await tell('open 4')
    await tell('bulk 1000')
    const looking = await lookBy(way, await leader(pair.near))
    seen(await looking.look())
    await pair.far.run([
      'iptables',
      ...'-A INPUT -m statistic --mode random --probability 0.2 -j DROP'.split(' '),
    ] as never)
    await tell('bulk 300000')
    const { sockets } = seen(await looking.look())
    const again = (all: readonly { readonly retransmits?: number | undefined }[]) =>
      all.map(({ retransmits }) => retransmits ?? 0).sort((one, other) => one - other)
    expect(again(sockets)).toEqual(again(await byHand(pair.near)))
    expect(sockets.some(({ retransmitsPerSecond = 0 }) => retransmitsPerSecond > 0)).toBe(true)
    expect(sockets.every(({ sentPerSecond = 0 }) => sentPerSecond > 0)).toBe(true)
  })

  test('by the thousand are counted; those that listen and those that wait are told', async () => {
    const namespace = await makeNamespace('many')
    const pid = await thousands(namespace, 1500)
    const looking = await lookBy(way, pid)
    const { sockets, total, lacks } = seen(await looking.look())
    expect(wayOf(looking)).toBe(way)
    expect([sockets.length, total]).toEqual([300, 3001])
    expect(sockets[0]).toMatchObject({ state: 'LISTEN', localPort: 7000 })
    expect(sockets[1]?.receiveQueue).toBe(5)
    expect(lacks[0]?.what).toContain('round-trip times')
    const start = looking.cost()
    for (let index = 0; index < 10; index += 1) seen(await looking.look())
    const cost = (looking.cost() - start) / 10
    note(`CPU of a look at 3,001 sockets by ${way}, ms, beside ss`, Number(cost.toFixed(1)), await costOf(pid))
  })

  test('of a process that ended are not told', async () => {
    const namespace = await makeNamespace('ended')
    const pid = await bothFamilies(namespace)
    const looking = await lookBy(way, pid)
    expect(seen(await looking.look()).sockets).toHaveLength(6)
    process.kill(pid, 'SIGKILL')
    await expect.poll(looking.look).toEqual({ cause: expect.stringContaining('ended') })
  })
})

describe('the sockets of a namespace', () => {
  const sorted = (look: SocketsLook): readonly Socket[] =>
    look.sockets.toSorted((one, other) =>
      `${one.protocol} ${endOf(one)}`.localeCompare(`${other.protocol} ${endOf(other)}`, 'en'),
    )

  /** What two looks tell alike: a process of its own may be acknowledged between them. */
  const alike = async (namespace: Namespace, pid: number, kind: typeof socketsLook) => {
    const [perl, ss] = [await lookingAt(kind, pid), await lookBy('ss', pid)]
    const [one, other] = [seen(await perl.look()), seen(await ss.look())]
    expect([wayOf(perl), wayOf(ss)]).toEqual(['perl', 'ss'])
    expect(sorted(one)).toEqual(sorted(other))
    expect({ ...one, sockets: [] }).toEqual({ ...other, sockets: [] })
    const lines = (await namespace.run(['ss', '-tuanH'])).trim().split('\n')
    expect(one.total).toBe(lines.length)
    return one
  }

  test('of every kind are the same by perl and by ss', async () => {
    const namespace = await makeNamespace('kinds')
    const { sockets } = await alike(namespace, await everyKind(namespace), socketsLook)
    expect(new Set(sockets.map(({ state }) => state))).toEqual(
      new Set(['LISTEN', 'ESTAB', 'FIN-WAIT-2', 'CLOSE-WAIT', 'TIME-WAIT', 'UNCONN']),
    )
    expect(sockets.filter(({ protocol }) => protocol === 'udp')).toHaveLength(5)
  })

  test('of UDP are the same where the kernel could not be asked without loading a module', async () => {
    const held = (finder: string): string => {
      const text = socketsLook.held?.(finder) ?? ''
      expect(text).toContain('if (module("udp_diag"))')
      return text.replace('if (module("udp_diag"))', 'if (0)')
    }
    const namespace = await makeNamespace('tables')
    const pid = await everyKind(namespace)
    const [tables, ss] = [await lookingAt({ ...socketsLook, held }, pid), await lookBy('ss', pid)]
    const [one, other] = [seen(await tables.look()), seen(await ss.look())]
    expect(tables.sections().get('udp')?.length).toBeGreaterThan(1)
    const plain = (look: SocketsLook) =>
      sorted({
        ...look,
        sockets: look.sockets.map((socket) => ({
          ...socket,
          localAddress: clean(socket.localAddress.replace('*', '::')),
          peerAddress: clean(socket.peerAddress.replace('*', '::')),
        })),
      })
    expect(plain(one)).toEqual(plain(other))
    expect([one.total, one.lacks]).toEqual([other.total, []])
  })

  test.each([
    ['at once', 'exit 3'],
    ['as it is asked', 'read -r k; exit 4'],
    ['its language', 'exit 255'],
    ['as it is killed by a filter of system calls', 'kill -31 $$'],
  ])('are told by ss where perl refuses %s', async (_, perl) => {
    const namespace = await makeNamespace('refused')
    const pid = await bothFamilies(namespace)
    const looking = await lookingAt(socketsLook, pid, { tools: toolsWith(perl) })
    for (let time = 0; time < 2; time += 1) expect(seen(await looking.look()).sockets).toHaveLength(6)
    expect(wayOf(looking)).toBe('ss')
  })

  test('are the same without root, as far as the kernel tells anybody', async () => {
    const namespace = await makeNamespace('both')
    const pid = await bothFamilies(namespace)
    const [root, user] = await Promise.all([
      lookingAt(socketsLook, pid),
      lookingAt(socketsLook, pid, { right: 'user' }),
    ])
    const [all, some] = [seen(await root.look()), seen(await user.look())]
    const ends = ({ sockets }: SocketsLook) =>
      sockets.map((one) => `${one.state} ${endOf(one)}`.replaceAll('*', '::')).sort()
    expect(ends(some)).toEqual(ends(all))
    expect(ends(all)).toHaveLength(6)
    expect(all.sockets.every(({ process }) => process === `x) R 1 ${pid}`)).toBe(true)
    expect(some.sockets.some(({ rtt, process }) => rtt !== undefined || process !== undefined)).toBe(false)
    expect(some.lacks[0]?.advice).toContain(`it takes root: nsenter -t ${pid} -n ss`)
  })
})
