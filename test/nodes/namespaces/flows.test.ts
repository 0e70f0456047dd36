import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { FlowsLook, Footing } from '../../../source/events/looks.ts'
import { expectedCost, flowsLook } from '../../../source/nodes/namespaces/flows.ts'
import { settingsOf, sumsOf } from '../../../source/nodes/namespaces/flows-lines.ts'
import { aggregate } from '../../../source/nodes/namespaces/flows-script.ts'
import { type Blind, isBlind } from '../../../source/nodes/namespaces/look-kind.ts'
import { clean } from '../../../source/text/clean.ts'
import { type AwkName, awkNames, awks, demand } from '../sampler/awks.ts'

beforeAll(() => demand('gawk', 'mawk', 'busybox', 'original-awk'))

/** What awk adds up of these lines. */
const summed = (name: AwkName, lines: readonly string[], events = '') => {
  const [command, ...args] = awks[name]
  const { stdout, stderr } = spawnSync(command, [...args, '-v', `events=${events}`, aggregate], {
    input: lines.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  })
  expect(stderr).toBe('')
  const sums = sumsOf(stdout.trimEnd().split('\n'))
  if (sums === undefined) throw new Error(`${name} wrote ${stdout}`)
  return sums
}

const words = ({ groups }: ReturnType<typeof summed>): readonly string[] =>
  groups
    .map(({ group }) => {
      const { count, protocol, state, standing, source, destination, port = '-', answerer, answered } = group
      const { answererPort = '-' } = group
      const words = [
        count,
        protocol,
        state || '-',
        standing,
        source,
        destination,
        port,
        answerer,
        answered,
        answererPort,
      ]
      return words.join(' ')
    })
    .sort()

/** Lines as the tool and the kernel write them, and the group that each is of. */
const lines: readonly (readonly [string, string])[] = [
  [
    'tcp      6 431999 ESTABLISHED src=10.1.0.7 dst=10.96.0.10 sport=40000 dport=80 src=10.1.0.9 dst=10.1.0.7 sport=8080 dport=40000 [ASSURED] mark=0 use=1',
    'tcp ESTABLISHED assured 10.1.0.7 10.96.0.10 80 10.1.0.9 10.1.0.7 8080',
  ],
  [
    'tcp      6 118 SYN_SENT src=10.1.0.7 dst=192.0.2.1 sport=40000 dport=443 [UNREPLIED] src=192.0.2.1 dst=172.18.0.2 sport=443 dport=40000 mark=0 use=1',
    'tcp SYN_SENT unreplied 10.1.0.7 192.0.2.1 443 192.0.2.1 172.18.0.2 443',
  ],
  [
    'udp      17 29 src=10.1.0.7 dst=10.96.0.10 sport=1 dport=53 packets=1 bytes=84 src=10.1.0.9 dst=10.1.0.7 sport=53 dport=1 packets=1 bytes=120 mark=0 secctx=system_u:object_r:unlabeled_t:s0 use=2',
    'udp - replied 10.1.0.7 10.96.0.10 53 10.1.0.9 10.1.0.7 53',
  ],
  [
    'udp      17 29 src=fd00::7 dst=fd00::a sport=1 dport=53 packets=1 bytes=84 [UNREPLIED] src=fd00::a dst=fd00::7 sport=53 dport=1 packets=0 bytes=0 mark=0 use=2',
    'udp - unreplied fd00::7 fd00::a 53 fd00::a fd00::7 53',
  ],
  [
    'icmp     1 29 src=10.1.0.7 dst=10.1.0.9 type=8 code=0 id=77 src=10.1.0.9 dst=10.1.0.7 type=0 code=0 id=77 mark=0 use=1',
    'icmp - replied 10.1.0.7 10.1.0.9 - 10.1.0.9 10.1.0.7 -',
  ],
  [
    'unknown  2 598 src=10.1.0.7 dst=224.0.0.22 [UNREPLIED] src=224.0.0.22 dst=10.1.0.7 mark=0 use=1',
    'unknown - unreplied 10.1.0.7 224.0.0.22 - 224.0.0.22 10.1.0.7 -',
  ],
  [
    'gre      47 179 timeout=180, stream_timeout=180 src=10.1.0.7 dst=10.1.0.9 srckey=0x0 dstkey=0x1 src=10.1.0.9 dst=10.1.0.7 srckey=0x1 dstkey=0x0 [ASSURED] mark=0 use=1',
    'gre - assured 10.1.0.7 10.1.0.9 - 10.1.0.9 10.1.0.7 -',
  ],
  [
    'tcp      6 src=10.1.0.7 dst=10.1.0.9 sport=5 dport=80 src=10.1.0.9 dst=10.1.0.7 sport=80 dport=5 [OFFLOAD] mark=0 use=2',
    'tcp - replied 10.1.0.7 10.1.0.9 80 10.1.0.9 10.1.0.7 80',
  ],
  [
    'ipv4     2 tcp      6 86 TIME_WAIT src=10.1.0.7 dst=10.96.0.10 sport=5 dport=80 src=10.1.0.9 dst=10.1.0.7 sport=8080 dport=5 [ASSURED] mark=0 zone=0 use=2',
    'tcp TIME_WAIT assured 10.1.0.7 10.96.0.10 80 10.1.0.9 10.1.0.7 8080',
  ],
  [
    'ipv6     10 udp      17 29 src=fd00:0000:0000:0000:0000:0000:0000:0007 dst=fd00:0000:0000:0000:0000:0000:0000:000a sport=1 dport=53 src=fd00:0000:0000:0000:0000:0000:0000:000a dst=fd00:0000:0000:0000:0000:0000:0000:0007 sport=53 dport=1 mark=0 zone=0 use=2',
    'udp - replied fd00::7 fd00::a 53 fd00::a fd00::7 53',
  ],
]

describe.each(awkNames)('what is added up on the node by %s', (name) => {
  test('is told of each form of line, and what is none is counted and shown', () => {
    const sums = summed(name, [...lines.map(([line]) => line), 'dccp 33 broken', 'listed', 'listed', ''])
    expect(words(sums)).toEqual(lines.map(([, group]) => `1 ${group}`).sort())
    expect(sums).toMatchObject({ total: lines.length, odd: 1, whole: 2, isLossy: false })
    expect(sums.said).toBe('dccp 33 broken')
  })

  test('is told of events with the seconds that the kernel gave, and of what was missed', () => {
    const sums = summed(
      name,
      [
        'NOTICE: Netlink socket buffer size has been set to 4194304 bytes.',
        '    [NEW] tcp      6 120 SYN_SENT src=10.1.0.7 dst=10.96.0.10 sport=9 dport=80 [UNREPLIED] src=10.1.0.9 dst=10.1.0.7 sport=8080 dport=9',
        '    [NEW] udp      17 30 src=10.1.0.7 dst=10.96.0.10 sport=9 dport=53 [UNREPLIED] src=10.1.0.9 dst=10.1.0.7 sport=53 dport=9',
        'WARNING: We have hit ENOBUFS! We are losing events.',
        'conntrack v1.4.7 (conntrack-tools): 2 flow events have been shown.',
      ],
      '1',
    )
    expect(words(sums)).toEqual([
      '1 tcp SYN_SENT unreplied 10.1.0.7 10.96.0.10 80 10.1.0.9 10.1.0.7 8080',
      '1 udp - unreplied 10.1.0.7 10.96.0.10 53 10.1.0.9 10.1.0.7 53',
    ])
    expect(new Set(sums.groups.map(({ timeout }) => timeout))).toEqual(new Set([30, 120]))
    expect(sums).toMatchObject({ total: 2, odd: 0, isLossy: true, said: '' })
    expect(sums.seconds).toBeGreaterThanOrEqual(0)
  })

  test('is as many as there are lines, whatever their order', () => {
    const any = fc.array(fc.nat({ max: lines.length - 1 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(any, (picks) => {
        const sums = summed(
          name,
          picks.map((pick) => lines[pick]?.[0] ?? ''),
        )
        const counts = new Map<string, number>()
        for (const pick of picks) {
          const group = lines[pick]?.[1] ?? ''
          counts.set(group, (counts.get(group) ?? 0) + 1)
        }
        expect(words(sums)).toEqual([...counts].map(([group, count]) => `${count} ${group}`).sort())
      }),
      { numRuns: 20 },
    )
  })
})

const footing: Footing = { way: clean('the node itself'), pid: 1, right: 'root', isHost: true }
const count = (entries: number, more: readonly string[] = []): readonly string[] => [
  `/proc/sys/net/netfilter/nf_conntrack_count:${entries}`,
  '/proc/sys/net/netfilter/nf_conntrack_max:262144',
  '/proc/sys/net/netfilter/nf_conntrack_udp_timeout:30',
  ...more,
]
const sum = (total: number, { whole = 2, odd = 0, lossy = 0, said = '' } = {}): string =>
  `2000000000 ${total} ${odd} ${whole} ${lossy} 4.98${said === '' ? '' : ` ${said}`}`
const group = '40 tcp ESTABLISHED a src=10.1.0.7 dst=10.96.0.10 dport=80 src=10.1.0.9 dst=10.1.0.7 sport=8080 -'
const born = '3 udp - u src=10.1.0.7 dst=10.96.0.10 dport=53 src=10.1.0.9 dst=10.1.0.7 sport=53 30'

const read = (sections: Readonly<Record<string, readonly string[]>>): FlowsLook | Blind =>
  flowsLook.read(
    { footing, sections: new Map(Object.entries(sections)), place: { kind: 'host' }, cut: false },
    undefined,
  )
const seen = (sections: Readonly<Record<string, readonly string[]>>): FlowsLook => {
  const look = read(sections)
  if (isBlind(look)) throw new Error(look.cause)
  return look
}

describe('a look at who fills a table', () => {
  const whole = {
    settings: count(50),
    way: ['both'],
    listed: [sum(50), group],
    began: [sum(3, { whole: 0 }), born],
    cost: ['0m0.010s 0m0.020s', '0m0.030s 0m0.040s'],
  }

  test('tells groups, what is in none, what began, and what it cost', () => {
    expect(seen(whole)).toMatchObject({
      entries: 50,
      maximum: 262_144,
      timeouts: [{ name: 'udp_timeout', seconds: 30 }],
      expectedCost: expectedCost(50),
      lacks: [],
      listed: {
        flows: { total: 50, rest: 10, groups: [{ source: '10.1.0.7', count: 40, standing: 'assured' }] },
        began: { total: 3, rest: 0, seconds: 4.98, isLossy: false, groups: [{ timeout: 30, count: 3 }] },
        cost: 100,
      },
    })
  })

  test('of more than 50,000 entries tells their number and the cost, and lists nothing', () => {
    const look = seen({ settings: count(123_456), way: ['ask'] })
    expect(look).toMatchObject({ entries: 123_456, expectedCost: expectedCost(123_456) })
    expect(look).not.toHaveProperty('listed')
  })

  test.each([
    ['right', 'root only'],
    ['untracked', 'not loaded'],
    ['tool', 'install conntrack'],
    ['square', '6.16'],
    ['module', 'modprobe nf_conntrack_netlink'],
    ['busy', 'one at a time'],
  ])('says why nothing can be listed: %s', (way, why) => {
    expect(read({ settings: count(5), way: [way] })).toMatchObject({ cause: expect.stringContaining(why) as string })
  })

  test('says what of it is missing', () => {
    const lacksOf = (sections: Readonly<Record<string, readonly string[]>>) =>
      seen({ ...whole, ...sections }).lacks.map(({ what, advice }) => `${what}: ${advice}`)
    expect(lacksOf({ way: ['file'], began: [] })).toEqual([expect.stringContaining('install conntrack')])
    expect(lacksOf({ way: ['alone'], began: [] })).toEqual([expect.stringContaining('no timeout')])
    expect(lacksOf({ settings: count(50, ['/proc/sys/net/netfilter/nf_conntrack_events:0']) })).toEqual([
      expect.stringContaining('nf_conntrack_events is 0'),
    ])
    expect(lacksOf({ listed: [sum(50, { whole: 1 }), group] })).toEqual([expect.stringContaining('broke off')])
    expect(lacksOf({ listed: [sum(50, { odd: 2, said: 'gre 47 x' }), group] })).toEqual([
      expect.stringContaining('gre 47 x'),
    ])
    expect(lacksOf({ began: [sum(0, { whole: 0, said: 'Operation not permitted' })] })).toEqual([
      expect.stringContaining('Operation not permitted'),
    ])
  })

  const refusal = 'sudo: a password is required'

  test('through sudo says where sudo refused it, and which line would let it pass', () => {
    const look = read({ ...whole, way: ['sudo'], listed: [sum(0, { whole: 0, odd: 2, said: refusal })], began: [] })
    expect(look).toEqual({
      cause: refusal,
      refused: { words: 'a password is required', line: '/usr/bin/timeout 25 /usr/sbin/conntrack -L -f ipv4' },
    })
  })

  test('through sudo says what of it sudo refused', () => {
    const part = { way: ['sudo'], listed: [sum(50, { whole: 1, odd: 1, said: refusal }), group] }
    const began = [sum(0, { whole: 0, odd: 1, said: refusal })]
    expect(seen({ ...whole, ...part, began }).lacks).toEqual([
      {
        what: 'who opens new connections',
        advice: expect.stringContaining('conntrack -E -e NEW -b 2097152') as string,
      },
      { what: 'IPv6', advice: expect.stringContaining('conntrack -L -f ipv6') as string },
    ])
  })

  test('of what takes root and has none says so', () => {
    expect(read({ settings: count(5), way: ['right'] })).toMatchObject({ needsRoot: true })
  })

  test('has no rate where nobody could listen', () => {
    expect(seen({ ...whole, began: [] }).listed).not.toHaveProperty('began')
    const mute = count(50, ['/proc/sys/net/netfilter/nf_conntrack_events:0'])
    expect(seen({ ...whole, settings: mute }).listed).not.toHaveProperty('began')
  })

  test('that broke off in the middle says so of what it has', () => {
    expect(seen({ ...whole, listed: [sum(50, { whole: 1 }), group] }).listed).toMatchObject({ brokeOff: true })
    expect(seen(whole).listed).not.toHaveProperty('brokeOff')
  })

  test('that broke off at once is none', () => {
    expect(isBlind(read({ ...whole, listed: [] }))).toBe(true)
  })

  test('survives whatever the node writes', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom(group, born, sum(3), 'both', 'ask', ...count(5)))
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(whole)), fc.array(line)), (sections) => {
        const look = read(sections)
        expect(isBlind(look) || look.tab === 'flows').toBe(true)
      }),
    )
  })
})

test('settings are read by their names', () => {
  expect(settingsOf([...count(7), 'nonsense', '/x/nf_conntrack_helper:abc'])).toEqual(
    new Map([
      ['count', 7],
      ['max', 262_144],
      ['udp_timeout', 30],
    ]),
  )
})

test('what awk said of a line that it did not know stands behind a blank, and nothing else does', () => {
  expect(sumsOf(['2000000000 1 2 3 0 0.5 dccp x'])).toMatchObject({ seconds: 0.5, said: 'dccp x' })
  expect(sumsOf(['2000000000 1 2 3 0 0.5'])).toMatchObject({ seconds: 0.5, said: '' })
  expect(sumsOf(['2000000000 1 2 3 0 0.5x'])).toBeUndefined()
})
