import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import type { Look } from '../../source/events/looks.ts'
import { isBlind, type LookKind } from '../../source/nodes/namespaces/look-kind.ts'
import { overviewLook } from '../../source/nodes/namespaces/overview.ts'
import { resolverLook } from '../../source/nodes/namespaces/resolver.ts'
import { routesLook } from '../../source/nodes/namespaces/routes.ts'
import { socketsLook } from '../../source/nodes/namespaces/sockets.ts'
import { ownerOf } from '../../source/screens/pod/address-names.ts'
import { clean } from '../../source/text/clean.ts'
import { snapshotOf } from '../export/sample.ts'
import { allLive, cluster, podRecord, put } from '../scenarios/kubernetes.ts'
import { type Argv, run } from './support/command.ts'
import { lookingAt } from './support/look.ts'
import { makeNamespace, type Namespace } from './support/namespace.ts'

const [own, gateway, resolver] = ['fd00:10:244:1::7', 'fd00:10:244:1::1', 'fd00:10:96::a'] as const

/** A pod that has no IPv4 at all, and the node at the other end of its cable. */
const onlyIpv6 = async (): Promise<{ readonly pod: Namespace; readonly pid: number }> => {
  const pod = await makeNamespace('pod')
  const node = await makeNamespace('node')
  await pod.run(['ip', '-4', 'addr', 'flush', 'dev', 'lo'])
  await run([
    ...['ip', 'link', 'add', 'eth0', 'mtu', '1400', 'netns', pod.name, 'type', 'veth'],
    ...['peer', 'name', 'eth0', 'netns', node.name],
  ] as unknown as Argv)
  for (const [{ run: inside }, address] of [[pod, own] as const, [node, gateway] as const]) {
    await inside(['ip', 'addr', 'add', `${address}/64`, 'dev', 'eth0', 'nodad'])
    await inside(['ip', 'link', 'set', 'eth0', 'up'])
  }
  await pod.run(['ip', '-6', 'route', 'add', 'default', 'via', gateway])
  await pod.run(['ip', '-6', 'rule', 'add', 'from', own, 'lookup', 'main', 'priority', '77'])
  const server = node.start([
    ...(['perl', '-MIO::Socket::IP', '-e'] as const),
    `$| = 1; my $one = IO::Socket::IP->new(LocalAddr => "${gateway}", LocalPort => 7100, Listen => 5) or die $@;
      print "ready\\n"; my @all; push @all, scalar $one->accept while 1`,
  ])
  await server.said(/^ready/)
  const inside = `umount /etc/resolv.conf 2>/dev/null; mount -t tmpfs pod /etc; printf 'search web.svc.cluster.local\\nnameserver ${resolver}\\nnameserver fe80::1%%eth0\\noptions ndots:5\\n' >/etc/resolv.conf; exec perl -MIO::Socket::IP -e '
    $| = 1; my $one = IO::Socket::IP->new(LocalAddr => "::", LocalPort => 8080, Listen => 5, V6Only => 1) or die $@;
    my $to = IO::Socket::IP->new(PeerAddr => "${gateway}", PeerPort => 7100) or die $@; $to->syswrite("hello"); print "ready\\n"; sleep 1000'`
  const process = pod.start(['unshare', '--mount', 'sh', '-c', inside])
  await process.said(/^ready/)
  return { pod, pid: process.pid }
}

const seen = async <Kind extends Look>(kind: LookKind<Kind>, pid: number, right: 'root' | 'user'): Promise<Kind> => {
  const look = await (await lookingAt(kind, pid, { right })).look()
  return isBlind(look) ? expect.fail(look.cause) : look
}

describe('a pod that has IPv6 only', () => {
  test.for(['root', 'user'] as const)('shows its addresses, and no IPv4 one, to %s', async (right) => {
    const { pid } = await onlyIpv6()
    const { interfaces } = await seen(overviewLook, pid, right)
    const addresses = interfaces.find(({ name }) => name === 'eth0')?.addresses ?? []
    expect(addresses).toContain(`${own}/64`)
    expect(addresses.some((address) => address.startsWith('fe80::'))).toBe(true)
    expect(interfaces.flatMap((each) => each.addresses).filter((address) => !address.includes(':'))).toEqual([])
  })

  test('shows the MTU of its interface to root', async () => {
    const { pid } = await onlyIpv6()
    const { interfaces } = await seen(overviewLook, pid, 'root')
    expect(interfaces.find(({ name }) => name === 'eth0')).toMatchObject({ mtu: 1400, kind: 'veth', state: 'UP' })
  })

  test.for(['root', 'user'] as const)('shows its routes as ip does, to %s', async (right) => {
    const { pod, pid } = await onlyIpv6()
    const { routes, rules, neighbours } = await seen(routesLook, pid, right)
    const rows = JSON.parse(await pod.run(['ip', '-6', '-j', 'route'])) as readonly Readonly<Record<string, string>>[]
    const told = routes.map(
      ({ family, destination, gateway: via, device }) => `${family} ${destination} ${via} ${device}`,
    )
    expect(told.toSorted()).toEqual(
      rows.map((row) => `6 ${row['dst']} ${row['gateway'] ?? ''} ${row['dev']}`).toSorted(),
    )
    expect(told).toContain(`6 default ${gateway} eth0`)
    if (right === 'user') return
    expect(rules).toContainEqual({ family: 6, priority: 77, selector: `from ${own}`, action: 'lookup main' })
    expect(neighbours).toContainEqual(expect.objectContaining({ address: gateway, device: 'eth0' }))
  })

  test.for(['root', 'user'] as const)('shows its sockets to %s, with the peer by name', async (right) => {
    const { pid } = await onlyIpv6()
    const { sockets, total } = await seen(socketsLook, pid, right)
    expect(sockets).toContainEqual(
      expect.objectContaining({ protocol: 'tcp', state: 'LISTEN', localAddress: '::', localPort: 8080 }),
    )
    const talking = sockets.find(({ state }) => state === 'ESTAB')
    // Without root there are neither times nor holders.
    const told = right === 'root' ? { process: `perl ${pid}` } : {}
    expect(talking).toMatchObject({ localAddress: own, peerAddress: gateway, peerPort: 7100, ...told })
    expect(talking?.rtt === undefined).toBe(right === 'user')
    expect(total).toBe(2)
    const named = snapshotOf([
      cluster(),
      ...allLive,
      put('pod', podRecord('web/back', { addresses: [gateway as Address] })),
    ])
    expect(ownerOf(named, talking?.peerAddress ?? clean('')).text).toBe('pod web/back')
  })

  test('shows its name servers, also one of its link', async () => {
    const { pid } = await onlyIpv6()
    const look = await seen(resolverLook, pid, 'root')
    expect(look).toMatchObject({ servers: [resolver, 'fe80::1%eth0'], searches: ['web.svc.cluster.local'], ndots: 5 })
  })
})
