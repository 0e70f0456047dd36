import { describe, expect, test } from 'vitest'
import type { ConntrackLook, FlowGroups } from '../../source/events/looks.ts'
import { childSeconds } from '../../source/nodes/command-answer.ts'
import { conntrackLook } from '../../source/nodes/namespaces/conntrack.ts'
import { lookScript } from '../../source/nodes/namespaces/find-script.ts'
import { isBlind } from '../../source/nodes/namespaces/look-kind.ts'
import { sectionsOf } from '../../source/nodes/namespaces/sections.ts'
import { stackLook } from '../../source/nodes/namespaces/stack.ts'
import { clean } from '../../source/text/clean.ts'
import { load, sendFlows, track } from './support/conntrack.ts'
import { requireKernel } from './support/kernel.ts'
import { lookingAt } from './support/look.ts'
import { ends, makeNamespace, makePair, type Namespace } from './support/namespace.ts'
import { note } from './support/oracle.ts'

const place = { kind: 'host' } as const

/** Looks over which a cost is taken. */
const looks = 40

/** A look from one namespace, which is the node, into another, that of a pod. */
const lookFrom = async (node: Namespace, pid: number, { consent = '', uid = 0 } = {}): Promise<ConntrackLook> => {
  const { script, marker } = lookScript(
    { ...conntrackLook, script: `consent=${consent}\n${conntrackLook.script}` },
    place,
  )
  const found = 'whose=$2\npid=$$ '
  expect(script.text).toContain(found)
  const text = script.text.replace(found, `whose=pod\npid=${pid} `)
  const told = await node.run(['sh', '-c', `uid=${uid} LC_ALL=C; export LC_ALL\n( ${text} )`, 'sh', ...script.args])
  const footing = { way: clean(''), pid, right: uid === 0 ? 'root' : 'user', isHost: false } as const
  const look = conntrackLook.read({ footing, sections: sectionsOf(told, marker), place, cut: false }, undefined)
  if (isBlind(look)) throw new Error(look.cause)
  return look
}

/** A process in a namespace: it stands for the pod. */
const standIn = async ({ start, pids }: Namespace): Promise<number> => {
  start(['sleep', '1000'])
  await expect.poll(pids).not.toEqual([])
  const [pid = 0] = await pids()
  return pid
}

/** What the commands by hand print, each as the group of its line, with how many there are. */
const byHand = async (node: Namespace, commands: readonly string[]): Promise<Readonly<Record<string, number>>> => {
  const all: Record<string, number> = {}
  for (const command of commands) {
    const text = await node.run(['sh', '-c', command])
    for (const line of text.split('\n').filter((each) => each.includes('src='))) {
      const words = Array.from(line.matchAll(/(?:src|dst)=(\S+)/g), ([, address]) => address)
      const key = [/^\S+/.exec(line)?.[0], ...words, /dport=(\d+)/.exec(line)?.[1]].join(' ')
      all[key] = (all[key] ?? 0) + 1
    }
  }
  return all
}

const told = (flows: FlowGroups | undefined): Readonly<Record<string, number>> => {
  const all: Record<string, number> = {}
  for (const { protocol, source, destination, answerer, answered, port, count } of flows?.groups ?? []) {
    const key = [protocol, source, destination, answerer, answered, port].join(' ')
    all[key] = (all[key] ?? 0) + count
  }
  return all
}

/** A pod with rules of its own, on a node that translates a service to it, with traffic of both kinds. */
const meshed = async (): Promise<{ readonly node: Namespace; readonly pod: Namespace; readonly pid: number }> => {
  const { near: pod, far: node } = await makePair()
  await track(node)
  await track(pod)
  // As a sidecar does it: what the pod sends to one port goes to another one.
  await pod.run(['nft', 'add chain inet t out { type nat hook output priority -100; }'])
  await pod.run(['nft', 'add rule inet t out ip daddr 10.96.0.10 udp dport 53 dnat ip to 10.99.0.2:5353'])
  await node.run(['nft', 'add chain inet t out { type nat hook output priority -100; }'])
  await node.run(['nft', `add rule inet t out ip daddr 10.96.0.20 udp dport 80 dnat ip to ${ends.near}:8080`])
  await node.run(['ip', 'route', 'add', '10.96.0.0/16', 'via', ends.near])
  await node.run(['nft', 'add chain inet t in { type filter hook input priority 0; }'])
  await node.run(['nft', 'add rule inet t in ct state new counter'])
  await pod.run(['nft', 'add chain inet t in { type filter hook input priority 0; }'])
  await pod.run(['nft', 'add rule inet t in ct state new counter'])
  for (const [{ run }, to] of [
    [pod, '10.96.0.10/53'],
    [pod, '10.96.0.10/53'],
    [pod, `${ends.far}/7000`],
    [node, '10.96.0.20/80'],
    [node, `${ends.near}/9000`],
  ] as const)
    await run(['bash', '-c', `echo x >/dev/udp/${to}`])
  // Entries of IPv6, and of others than this pod.
  for (const words of ['-s fd00::7 -d fd00::9', '-s fd00::9 -d fd00::7'])
    await node.run([
      'sh',
      '-c',
      `conntrack -I -p tcp ${words} --sport 4000 --dport 443 --state ESTABLISHED -u SEEN_REPLY,ASSURED -t 600`,
    ])
  await pod.run([
    'sh',
    '-c',
    'echo 0 >/proc/sys/net/ipv6/conf/all/disable_ipv6; ip -6 address add fd00::7/64 dev eth0 nodad',
  ])
  await load(node, 0, 500)
  return { node, pod, pid: await standIn(pod) }
}

describe('the tracked connections of a pod', () => {
  test('are those that conntrack -L shows of its addresses, as client and as backend, both families, and its own table', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace')
    const { node, pod, pid } = await meshed()
    const look = await lookFrom(node, pid)
    expect(look.addresses).toEqual(expect.arrayContaining([ends.near, 'fd00::7']))
    const [client, backend] = ['-s', '-r'].map((word) => look.byHand.filter((line) => line.includes(` ${word} `)))
    expect(told(look.flows?.client)).toEqual(await byHand(node, client ?? []))
    expect(told(look.flows?.backend)).toEqual(await byHand(node, backend ?? []))
    expect(look.flows?.client.total).toBeGreaterThanOrEqual(4)
    expect(look.flows?.client.groups).toContainEqual(expect.objectContaining({ source: 'fd00::7', port: 443 }))
    expect(look.flows?.backend.groups).toContainEqual(
      expect.objectContaining({ destination: '10.96.0.20', answerer: ends.near, port: 80 }),
    )
    expect(look.own?.entries).toBe(Number(await pod.run(['conntrack', '-C'])))
    expect(look.byHand.slice(-2)).toEqual([
      `nsenter -t ${pid} -n conntrack -L -f ipv4`,
      `nsenter -t ${pid} -n conntrack -L -f ipv6`,
    ])
    expect(told(look.own?.flows)).toEqual(await byHand(node, look.byHand.slice(-2)))
    expect(look.own?.flows?.groups).toContainEqual(
      expect.objectContaining({ destination: '10.96.0.10', answerer: ends.far, port: 53, count: 2 }),
    )
    expect(look.lacks).toEqual([])
    note('CPU of a look at 500 tracked connections, ms, as expected', look.cost ?? Number.NaN, look.expectedCost)
  })

  test('are only counted without root, and above 20,000 entries before a yes', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace')
    const node = await makeNamespace('node')
    const pod = await makeNamespace('pod')
    await track(node)
    const pid = await standIn(pod)
    await pod.run(['ip', 'address', 'add', '10.77.0.7/32', 'dev', 'lo'])
    await load(node, 0, 21_000)
    const user = await lookFrom(node, pid, { uid: 1000 })
    expect(user).toMatchObject({ entries: 21_000, isQuestion: false, own: { entries: 0 } })
    expect(user.lacks[0]?.advice).toContain('it takes root: conntrack -L')
    const question = await lookFrom(node, pid)
    expect(question).toMatchObject({ entries: 21_000, isQuestion: true })
    expect(question).not.toHaveProperty('flows')
    const agreed = await lookFrom(node, pid, { consent: 'given' })
    expect(agreed.flows).toMatchObject({ client: { total: 0 }, backend: { total: 0 }, others: 0 })
    expect(agreed.cost).toBeGreaterThan(0)
  })
})

describe('the counters of a pod', () => {
  test('are those of nstat, and move with what the pod sends', async (context) => {
    await requireKernel(context, 'veth cables')
    const { near } = await makePair()
    const pid = await standIn(near)
    const looking = await lookingAt(stackLook, pid)
    const first = await looking.look()
    if (isBlind(first)) throw new Error(first.cause)
    expect(first.counters.some(({ perSecond }) => perSecond !== undefined)).toBe(false)
    // Rates are of the uptime, which counts in hundredths.
    await expect
      .poll(async () => Number((await near.run(['cat', '/proc/uptime'])).split(' ')[0]))
      .toBeGreaterThan(first.uptime + 0.1)
    await sendFlows(near, 50)
    const look = await looking.look()
    if (isBlind(look)) throw new Error(look.cause)
    const counted = new Map(look.counters.map(({ name, value }) => [name as string, value]))
    const lines = (await near.run(['nstat', '-asz'])).split('\n').slice(1)
    const byName = lines.flatMap((line) => {
      const [, name, value] = /^(\w+) +(\d+) /.exec(line) ?? []
      return name === undefined ? [] : [[name, Number(value)] as const]
    })
    expect(byName.length).toBeGreaterThan(100)
    expect(byName.filter(([name, value]) => counted.get(name) !== value)).toEqual([])
    const rate = (name: string) =>
      (look.counters.find((one) => one.name === name)?.perSecond ?? Number.NaN) * (look.seconds ?? Number.NaN)
    expect(rate('UdpNoPorts')).toBeCloseTo(50)
    expect(rate('IcmpOutDestUnreachs')).toBeCloseTo(50)
    const start = looking.cost()
    for (let index = 0; index < looks; index += 1) await looking.look()
    const cost = (looking.cost() - start) / looks
    const script = `i=0; while [ $i -lt ${looks} ]; do i=$((i + 1)); cat /proc/${pid}/net/snmp >/dev/null; done; times`
    const beside = (1000 * childSeconds(await near.run(['dash', '-c', script]))) / looks
    note('CPU of a look at the counters of a namespace, ms, beside one cat', Number(cost.toFixed(1)), beside)
  })
})
