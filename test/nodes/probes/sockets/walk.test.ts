import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parseSockets } from '../../../../source/nodes/probes/sockets/listing.ts'
import { walk } from '../../../../source/nodes/probes/sockets/walk.ts'
import { attribute, done, error, socketMessage, status } from '../../made-diag.ts'
import { demand } from '../../sampler/awks.ts'

beforeAll(() => demand('perl'))

/** An established socket of IPv4 as the kernel tells it: inet_diag_msg, and an INET_DIAG_INFO of `tcp_info`. */
const socket = (inode: number, to: readonly [number, number, number, number], from = [10, 0, 0, 1]): Buffer => {
  const info = Buffer.alloc(232)
  info.writeUInt32LE(1500, 68)
  return socketMessage({ from, to, ports: [40_000 + inode, 443], inode, attributes: [attribute(2, info)] })
}

const swap = (text: string, from: string, to: string): string => {
  expect(text).toContain(from)
  return text.replace(from, to)
}

/** Has perl receive these answers in place of the kernel's, those behind a blank from another process, and have spent a second from the n-th time on that it is asked. */
const faked = `BEGIN {
  my @answers = split(/,/, $ENV{ANSWERS}); my $asked = 0;
  *CORE::GLOBAL::recv = sub (*\\$$$) {
    defined(my $answer = shift @answers) or return undef;
    my $from = $answer =~ s/^ // ? 4711 : 0; \${$_[1]} = pack("H*", $answer);
    return pack("SSLL", 16, 0, $from, 0);
  };
  *CORE::GLOBAL::times = sub { ++$asked >= $ENV{SPENT} ? (0.6, 0.4, 0, 0) : (0, 0, 0, 0) };
}`

/** What the program says on a node without pods, of so many sockets, where the kernel answers this. */
const read = (
  answers: readonly (Buffer | { readonly forged: Buffer })[],
  { established = 4, most = 100, spent = 1000 } = {},
) => {
  const root = mkdtempSync(join(tmpdir(), 'kntop-walk-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  mkdirSync(join(root, 'proc'))
  writeFileSync(join(root, 'snmp'), `Tcp: ActiveOpens CurrEstab\nTcp: 9 ${established}\n`)
  const text = [
    ['module("tcp_diag") && module("inet_diag")', '1'],
    ['opendir(my $proc, "/proc")', `opendir(my $proc, "${root}/proc")`],
    ['"/proc/$_[0]/net/snmp"', `"${root}/snmp"`],
    ['-e "/proc/sys/net/netfilter/nf_conntrack_max" &&', '0 &&'],
  ].reduce((all, [from = '', to = '']) => swap(all, from, to), walk)
  const { stdout, stderr } = spawnSync('perl', ['-e', faked + text, String(most), '10', '0', ''], {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      ANSWERS: answers
        .map((one) => ('forged' in one ? ` ${one.forged.toString('hex')}` : one.toString('hex')))
        .join(','),
      SPENT: String(spent),
    },
  })
  expect(stderr).toBe('')
  return parseSockets(stdout)
}

const end = status(done, 0)

describe('what the kernel answers', () => {
  test('is told as far as it goes', () => {
    const listing = read([Buffer.concat([socket(1, [10, 0, 0, 2]), socket(2, [10, 0, 0, 3])]), end])
    expect(listing).toMatchObject({ namespaces: { read: 1, of: 1 }, told: 2, left: 0 })
    const groups = typeof listing === 'object' ? listing.groups : []
    expect(groups.map((group) => [group.end?.address, [...group.roundTrips]])).toEqual([
      ['10.0.0.2', [1500]],
      ['10.0.0.3', [1500]],
    ])
  })

  test('is not what another process sends: whoever may administer a namespace may send there', () => {
    const forged = [Buffer.concat([socket(7, [10, 0, 0, 7]), end]), status(error, -2), Buffer.alloc(0)]
    const answers = [socket(1, [10, 0, 0, 2]), ...forged.map((one) => ({ forged: one })), socket(2, [10, 0, 0, 3]), end]
    const listing = read(answers)
    expect(listing).toMatchObject({ namespaces: { read: 1, of: 1 }, told: 2, left: 0 })
    expect(typeof listing === 'object' && listing.groups.map((group) => group.end?.address)).toEqual([
      '10.0.0.2',
      '10.0.0.3',
    ])
  })

  test.each([
    ['an error', [status(error, -2)]],
    ['an end that is an error', [status(done, -2)]],
    ['an error behind some sockets', [socket(1, [10, 0, 0, 2]), status(done, -12)]],
  ])('is a refusal, and never no socket, where it is %s', (_, answers) => {
    expect(read(answers)).toBe('diag')
  })

  test('is not whole where it breaks off, and what is not told of it is counted', () => {
    expect(read([socket(1, [10, 0, 0, 2])])).toMatchObject({ namespaces: { read: 0, of: 1 }, told: 1, left: 3 })
  })

  test('is heard no further once it has cost too much', () => {
    const answers = [socket(1, [10, 0, 0, 2]), socket(2, [10, 0, 0, 3]), end]
    expect(read(answers, { spent: 3 })).toMatchObject({ namespaces: { read: 0, of: 1 }, told: 1, left: 3 })
    expect(read(answers, { spent: 1 })).toMatchObject({ namespaces: { read: 0, of: 1 }, told: 0, groups: [] })
  })

  test('of sockets to loopback takes no room from others', () => {
    const loops = [1, 2, 3].map((inode) => socket(inode, [127, 0, 0, 1], [127, 0, 0, 1]))
    const listing = read([...loops, socket(4, [10, 0, 0, 2]), socket(5, [10, 0, 0, 3]), end], { most: 1 })
    expect(listing).toMatchObject({ told: 1, left: 1 })
    expect(typeof listing === 'object' && listing.groups.map((group) => group.end?.address)).toEqual(['10.0.0.2'])
  })
})
