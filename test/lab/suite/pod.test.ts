import { describe, expect, test } from 'vitest'
import { nodeTrees } from '../../../source/nodes/namespaces/find-pod.ts'
import { footingOf } from '../../../source/nodes/namespaces/footing.ts'
import { overviewLook } from '../../../source/nodes/namespaces/overview.ts'
import { routesLook } from '../../../source/nodes/namespaces/routes.ts'
import { sectionsOf } from '../../../source/nodes/namespaces/sections.ts'
import { ask, asUser, asUserWhereHidden, type LabPod, lookAt, overSsh, podOf, runnerOf } from './looking.ts'
import { withLab } from './with-lab.ts'

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

    test('is found by a search, too, where control groups are kept elsewhere', async () => {
      const pod = await podOf(lab, 'client')
      const { runner, marker } = await runnerOf(lab, pod, { script: '' }, { ...nodeTrees, cgroups: '/nowhere' })
      const { output } = await runner.run()
      const footing = footingOf(sectionsOf(output.text, marker), pod.place, output.status)
      const inode = await pod.node.run(['stat', '-Lc', '%i', `/proc/${pod.pid}/ns/net`])
      expect(footing).toMatchObject({ way: 'a search of all processes', namespace: Number(inode) })
    })

    test('is told by its containerd, where neither control groups nor processes can be searched', async () => {
      const pod = await podOf(lab, 'client')
      // A shell that finds no grep, on a node without crictl.
      const tools = 'grep() { return 127; }'
      const { runner, marker } = await runnerOf(lab, pod, { script: '' }, { ...nodeTrees, cgroups: '/nowhere' }, tools)
      const { output } = await runner.run()
      const footing = footingOf(sectionsOf(output.text, marker), pod.place, output.status)
      const inode = await pod.node.run(['stat', '-Lc', '%i', `/proc/${pod.pid}/ns/net`])
      expect(footing).toMatchObject({ way: 'ctr', pid: Number(pod.pid), namespace: Number(inode), right: 'root' })
    })

    test.for([overviewLook, routesLook])('takes some CPU time of its node, which is told: $tab', async (kind) => {
      const { runner } = await runnerOf(lab, await podOf(lab, 'client'), kind)
      const looks = 20
      const { cpu: before } = await runner.run()
      let after = before
      for (let look = 0; look < looks; look += 1) after = (await runner.run()).cpu
      const milliseconds = (1000 * (after - before)) / looks
      // A note, to be read: how fast a machine is, no test says.
      process.stderr.write(`${kind.tab}: ${milliseconds.toFixed(1)} ms of CPU\n`)
      expect(milliseconds).toBeGreaterThan(0)
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
