import { describe, expect, onTestFinished, test } from 'vitest'
import { inquiryKey, type PodPlace, type Report } from '../../../source/events/inquiry.ts'
import type { Look } from '../../../source/events/looks.ts'
import type { PodId } from '../../../source/events/names.ts'
import type { NodeName } from '../../../source/events/subject.ts'
import { commandLine } from '../../../source/nodes/connections/command-line.ts'
import type { Connect } from '../../../source/nodes/connections/connection.ts'
import { connectLocal } from '../../../source/nodes/connections/local.ts'
import { createInquiries } from '../../../source/nodes/inquiries.ts'
import { clean } from '../../../source/text/clean.ts'
import type { Argv } from '../../system/support/finish.ts'
import type { Lab } from '../cluster.ts'
import type { LabNode } from '../node.ts'
import { podsOf } from './oracles.ts'
import { withLab } from './with-lab.ts'

/** A connection whose programs run below another one on this machine. */
const below =
  (wrap: (argv: Argv) => Argv): Connect =>
  async () => {
    const connection = await connectLocal()
    return {
      ...connection,
      stream: ({ argv, ...rest }, signal) => connection.stream({ ...rest, argv: wrap(argv) }, signal),
    }
  }

const overSsh = (lab: Lab, node: LabNode): Connect =>
  below((argv) => ['ssh', '-T', '-F', lab.sshConfig, '-o', 'BatchMode=yes', node.name, commandLine(argv)])

const ordinary: Argv = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--']

/** As a user of the node who is not root. */
const asUser = (node: LabNode): Connect => below((argv) => [...node.enter(), ...ordinary, ...argv])

/** The same, where /proc hides processes of other users. */
const asUserWhereHidden = (node: LabNode, hidepid: number): Connect => {
  const hide = `mount -t proc -o hidepid=${hidepid} proc /proc && exec "$@"`
  return below((argv) => [...node.enter(), 'unshare', '--mount', 'sh', '-c', hide, 'sh', ...ordinary, ...argv])
}

interface LabPod {
  readonly node: LabNode
  readonly place: PodPlace
  /** By the word of the runtime. */
  readonly pid: string
}

interface PodJson {
  readonly metadata: { readonly uid: string }
  readonly spec: { readonly hostNetwork?: boolean }
  readonly status: { readonly containerStatuses: readonly { readonly containerID: string }[] }
}

/** The first pod of a label. */
const podOf = async (lab: Lab, app: string): Promise<LabPod> => {
  const [{ name, node: where } = expect.fail(`no pod of ${app}`)] = await podsOf(lab, `app=${app}`)
  const text = await lab.kubectl(['get', 'pod', '--namespace=payments', name, '--output=json'])
  const { metadata, spec, status } = JSON.parse(text) as PodJson
  const containers = status.containerStatuses.map(({ containerID }) => clean(containerID.replace('containerd://', '')))
  const node = lab.node(where)
  const tasks = await node.run(['ctr', '--namespace=k8s.io', 'task', 'ls'])
  const [, pid = ''] = new RegExp(`^${containers[0]} +(\\d+) +RUNNING`, 'm').exec(tasks) ?? []
  const place: PodPlace = {
    kind: 'pod',
    id: `payments/${name}` as PodId,
    uid: clean(metadata.uid),
    containers,
    hostNetwork: spec.hostNetwork === true,
  }
  return { node, place, pid }
}

/** Asks about a pod until the test ends; gives back what was said last. */
const ask = async (pod: LabPod, tab: Look['tab'], connect: Connect): Promise<() => Report | undefined> => {
  const connection = await connect(new AbortController().signal)
  const inquiry = { node: pod.node.name as NodeName, place: pod.place, tab }
  let last: Report | undefined
  const inquiries = createInquiries({
    now: () => performance.now(),
    emit(events) {
      for (const event of events) if (event.type === 'report' && event.key === inquiryKey(inquiry)) last = event.report
    },
  })
  inquiries.over(connection, clean(''))
  inquiries.ask([inquiry])
  onTestFinished(async () => {
    inquiries.ask([])
    connection.close()
    await connection.closed
  })
  return () => last
}

/** What is seen of it first. */
const lookAt = async <Tab extends Look['tab']>(
  pod: LabPod,
  tab: Tab,
  connect: Connect,
): Promise<Extract<Look, { tab: Tab }>> => {
  const last = await ask(pod, tab, connect)
  await expect.poll(last).toMatchObject({ state: 'live' })
  const report = last()
  return report?.state === 'live'
    ? (report.look as Extract<Look, { tab: Tab }>)
    : expect.fail('it is not live any more')
}

type Json = Readonly<Record<string, unknown>>

/** What a person gets by hand on the node. */
const byHand = async ({ node, pid }: LabPod, ...argv: readonly string[]): Promise<readonly Json[]> =>
  JSON.parse(await node.run(['nsenter', '-t', pid, '-n', 'ip', '-j', ...argv])) as readonly Json[]

/** Words that are the same however they were come by, in one order. */
const sorted = (lines: readonly string[]): readonly string[] => lines.toSorted((one, other) => (one < other ? -1 : 1))

const routesByHand = async (pod: LabPod, family: 4 | 6): Promise<readonly string[]> => {
  const rows = await byHand(pod, `-${family}`, 'route', 'show', 'table', 'all')
  const others = rows.filter(({ table }) => table !== 'local')
  return sorted(
    others.map((row) =>
      [
        family,
        row['dst'],
        row['gateway'] ?? '',
        row['dev'],
        row['prefsrc'] ?? '',
        row['metric'] ?? '',
        row['protocol'] ?? '',
        row['scope'] ?? '',
        row['type'] ?? 'unicast',
        row['table'] ?? 'main',
      ].join(' '),
    ),
  )
}

const apps = ['client', 'peers', 'meshed', 'ledger'] as const

describe('the namespace of a pod in the lab', () => {
  withLab((lab) => {
    test.for(apps)('of %s is found by its control group, and is the one that the runtime tells', async (app) => {
      const pod = await podOf(lab, app)
      const { footing } = await lookAt(pod, 'overview', overSsh(lab, pod.node))
      expect(footing).toMatchObject({ way: 'its cgroup', right: 'root', isHost: app === 'peers' })
      const inode = await pod.node.run(['stat', '-Lc', '%i', `/proc/${pod.pid}/ns/net`])
      expect(footing.namespace).toBe(Number(inode))
    })

    test.for(apps)('of %s has the routes and rules that ip shows in it', async (app) => {
      const pod = await podOf(lab, app)
      const look = await lookAt(pod, 'routes', overSsh(lab, pod.node))
      const shown = look.routes.map((route) =>
        [
          route.family,
          route.destination,
          route.gateway,
          route.device,
          route.source,
          route.metric ?? '',
          route.protocol,
          route.scope,
          route.kind,
          route.table,
        ].join(' '),
      )
      expect(sorted(shown)).toEqual(sorted([...(await routesByHand(pod, 4)), ...(await routesByHand(pod, 6))]))
      for (const family of [4, 6] as const) {
        const rules = (await pod.node.run(['nsenter', '-t', pod.pid, '-n', 'ip', `-${family}`, 'rule']))
          .trimEnd()
          .split('\n')
        const own = look.rules.filter((rule) => rule.family === family)
        expect(own.map(({ priority, selector, action }) => `${priority}:\t${selector} ${action}`)).toEqual(
          rules.map((line) => line.trimEnd()),
        )
      }
    })

    test.for(apps)('of %s has the neighbours that ip shows in it', async (app) => {
      const pod = await podOf(lab, app)
      const hand = async (): Promise<readonly string[]> =>
        sorted((await byHand(pod, 'neigh')).map((row) => [row['dst'], row['dev'], row['lladdr'] ?? ''].join(' ')))
      // They come and go.
      await expect
        .poll(async () => {
          const before = await hand()
          const { neighbours } = await lookAt(pod, 'routes', overSsh(lab, pod.node))
          const shown = sorted(neighbours.map(({ address, device, mac }) => [address, device, mac].join(' ')))
          return [before, await hand()].some((each) => each.join('\n') === shown.join('\n'))
        })
        .toBe(true)
    })

    test.for(apps)('of %s has the interfaces and addresses that ip shows in it', async (app) => {
      const pod = await podOf(lab, app)
      const { interfaces } = await lookAt(pod, 'overview', overSsh(lab, pod.node))
      const rows = await byHand(pod, '-d', 'addr')
      expect(
        interfaces.map(({ name, index, mac, mtu, state, qdisc, kind, addresses }) => ({
          name,
          index,
          mac,
          mtu,
          state,
          qdisc,
          kind,
          addresses,
        })),
      ).toEqual(
        rows.map((row) => ({
          ...{ name: row['ifname'], index: row['ifindex'], mac: row['address'], mtu: row['mtu'] },
          ...{ state: row['operstate'], qdisc: row['qdisc'] },
          kind: (row['linkinfo'] as Json | undefined)?.['info_kind'] ?? '',
          addresses: (row['addr_info'] as readonly Json[]).map(
            (each) => `${String(each['local'])}/${String(each['prefixlen'])}`,
          ),
        })),
      )
      for (const { received } of interfaces) expect(received.packets).toBeGreaterThanOrEqual(0)
    })

    test.for(['client', 'meshed'] as const)('of %s leads to its cable on the node, and to the uplink', async (app) => {
      const pod = await podOf(lab, app)
      const { interfaces, underlay } = await lookAt(pod, 'overview', overSsh(lab, pod.node))
      const [row] = (await byHand(pod, 'link')).filter(({ ifname }) => ifname === 'eth0')
      const links = JSON.parse(await pod.node.run(['ip', '-j', 'link'])) as readonly Json[]
      const end = links.find(({ ifindex }) => ifindex === row?.['link_index'])
      expect(interfaces.find(({ name }) => name === 'eth0')?.peer).toEqual({
        ...{ index: end?.['ifindex'], name: end?.['ifname'], mtu: end?.['mtu'] },
      })
      const [route] = JSON.parse(await pod.node.run(['ip', '-j', 'route', 'show', 'default'])) as readonly Json[]
      const uplink = links.find(({ ifname }) => ifname === route?.['dev'])
      expect(underlay).toEqual(route && { name: route['dev'], mtu: uplink?.['mtu'] })
    })

    test('says how many entries its own table has, where its own rules make some', async () => {
      const pod = await podOf(lab, 'meshed')
      const count = async (): Promise<number> =>
        Number(
          await pod.node.run(['nsenter', '-t', pod.pid, '-n', 'cat', '/proc/sys/net/netfilter/nf_conntrack_count']),
        )
      await expect.poll(count).toBeGreaterThan(0)
      const before = await count()
      const { conntrack } = await lookAt(pod, 'overview', overSsh(lab, pod.node))
      // A call or two of its own lie between.
      expect(Math.abs((conntrack?.entries ?? Number.NaN) - before)).toBeLessThan(20)
    })

    test.for(apps)('of %s is seen by an ordinary user as far as its files go, who is told of the rest', async (app) => {
      const pod = await podOf(lab, app)
      const [root, user] = [overSsh(lab, pod.node), asUser(pod.node)]
      const [all, some] = [await lookAt(pod, 'routes', root), await lookAt(pod, 'routes', user)]
      const four = ({ routes }: typeof all): readonly string[] =>
        sorted(
          routes
            .filter(({ family, table }) => family === 4 && table === 'main')
            .map(({ destination, gateway, device, metric }) => [destination, gateway, device, metric].join(' ')),
        )
      expect(some.footing).toMatchObject({ way: 'its cgroup', right: 'user' })
      expect(four(some)).toEqual(four(all))
      const overview = await lookAt(pod, 'overview', user)
      const known = await lookAt(pod, 'overview', root)
      const addresses = ({ interfaces }: typeof known): readonly string[] =>
        interfaces.map((each) => [each.name, ...sorted(each.addresses)].join(' '))
      expect(addresses(overview)).toEqual(addresses(known))
      // The network of the node itself is everybody's to see.
      expect(some.lacks.some(({ advice }) => advice.startsWith('needs root'))).toBe(app !== 'peers')
      expect(overview.lacks.some(({ advice }) => advice.startsWith('needs root'))).toBe(app !== 'peers')
    })

    test.for([1, 2])('is said to be hidden from an ordinary user by hidepid=%i', async (hidepid) => {
      const pod = await podOf(lab, 'client')
      const last = await ask(pod, 'routes', asUserWhereHidden(pod.node, hidepid))
      await expect.poll(last).toMatchObject({ state: 'refused', cause: expect.stringContaining('hidepid') })
    })

    test('that ends is said to have ended, and what was seen stays', async () => {
      const pod = await podOf(lab, 'client')
      const last = await ask(pod, 'overview', overSsh(lab, pod.node))
      await expect.poll(last).toMatchObject({ state: 'live' })
      const name = pod.place.id.split('/')[1] ?? ''
      await lab.kubectl(['delete', 'pod', '--namespace=payments', name, '--wait=false'])
      await expect.poll(last).toMatchObject({
        state: 'ended',
        look: { footing: { isHost: false } },
        cause: expect.stringMatching(/no process of this pod|ended while/),
      })
      await lab.kubectl(['rollout', 'status', '--namespace=payments', '--timeout=90s', 'daemonset/client'])
    })
  })
})
