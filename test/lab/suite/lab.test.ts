import { beforeAll, describe, expect, test } from 'vitest'
import { finish, run } from '../../system/support/finish.ts'
import { outside } from '../names.ts'
import { shielded } from '../node-files.ts'
import { partsOf } from '../parts.ts'
import { statusOf } from '../status.ts'
import { nodesReady } from '../workloads.ts'
import { inPod, peerRtts, podsOf } from './oracles.ts'
import { withLab } from './with-lab.ts'

const lines = (text: string): readonly string[] => text.split('\n').filter(Boolean)

describe('the lab', () => {
  withLab((lab) => {
    const { kubectl } = lab
    // Other tests may have taken the API server away.
    beforeAll(() => nodesReady(kubectl))
    const kntop = (...args: readonly string[]) =>
      finish([`${lab.state.programs}/kubectl`, `--kubeconfig=${lab.kubeconfig}`, ...args])
    const clientOn = async (node: string): Promise<string> =>
      (await podsOf(lab, 'app=client')).find((pod) => pod.node === node)?.name ?? ''

    test('has all nodes Ready, each with addresses of both families and an identity of its own', async () => {
      const columns =
        'jsonpath={range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status} {.status.nodeInfo.machineID} {.status.addresses[?(@.type=="InternalIP")].address}{"\\n"}{end}'
      const found = lines(await kubectl(['get', 'nodes', `--output=${columns}`])).map((line) => line.split(' '))
      expect(found.map(([name, ready, , ...addresses]) => [name, ready, ...addresses].join(' ')).toSorted()).toEqual(
        lab.nodes.map(({ name, address, address6 }) => [name, 'True', address, address6].join(' ')).toSorted(),
      )
      expect(new Set(found.map(([, , id]) => id)).size).toBe(lab.nodes.length)
    })

    test('says so, part by part', async () => {
      const said = await statusOf(lab)
      expect(said).toHaveLength(lab.nodes.length)
      for (const [index, node] of lab.nodes.entries()) {
        const parts = partsOf(node).map(({ name }) => name)
        expect(said[index]).toMatch(new RegExp(`^${node.name} +${node.address} +Ready +${parts.join(', ')}$`))
      }
    })

    test('has every pod running, and the version that it was built of', async () => {
      const phases = lines(
        await kubectl(['get', 'pods', '-A', '--output=jsonpath={range .items[*]}{.status.phase}{"\\n"}{end}']),
      )
      expect(new Set(phases)).toEqual(new Set(['Running']))
      // Two daemon sets, three backends, a set of two, CoreDNS, and one with rules of its own.
      expect(phases).toHaveLength(2 * lab.nodes.length + 3 + 2 + 1 + 1)
      expect(JSON.parse(await kubectl(['get', '--raw=/version']))).toMatchObject({ gitVersion: 'v1.37.2', minor: '37' })
    })

    test('gives services addresses of both families; one waits for the world to give it another', async () => {
      const columns = 'jsonpath={.spec.type} {.spec.clusterIPs} {.status.loadBalancer}'
      const of = (name: string): Promise<string> =>
        kubectl(['get', 'service', '--namespace=payments', name, `--output=${columns}`])
      expect(await of('shop')).toMatch(/^ClusterIP \["10\.93\.[\d.]+","fd93::[\da-f:]+"\] \{\}$/)
      expect(await of('shop-outside')).toMatch(/^LoadBalancer \["10\.93\..*\{\}$/)
      expect(await of('ledger')).toMatch(/^ClusterIP \["None"\] \{\}$/)
    })

    test.for(lab.nodes)('has pods on $name that look names up as pods do, the world outside last', async ({ name }) => {
      const client = await clientOn(name)
      const settings = await inPod(lab, client, 'cat', '/etc/resolv.conf')
      expect(settings).toContain('search payments.svc.cluster.local svc.cluster.local cluster.local')
      expect(settings).toContain('options ndots:5')
      expect(await inPod(lab, client, 'nslookup', 'shop.payments.svc.cluster.local')).toMatch(/Address[^:]*: 10\.93\./)
      expect(await inPod(lab, client, 'nslookup', outside.name)).toContain(outside.address)
      expect(await inPod(lab, client, 'sh', '-c', `nslookup ${outside.name}.cluster.local || :`)).toContain('NXDOMAIN')
    })

    test.for(lab.nodes)('has a client on $name that reaches all three backends of a service', async ({ name }) => {
      const client = await clientOn(name)
      const answers = async (): Promise<number> => {
        const log = await kubectl(['logs', '--namespace=payments', client])
        return new Set(Array.from(log.matchAll(/^200 OK in \S+: (shop-\S+)$/gm), ([, backend]) => backend)).size
      }
      await expect.poll(answers).toBe(3)
      // The translation of it stands in the table of that node.
      expect(await lab.node(name).run(['sh', '-c', 'conntrack -L -p tcp --dport 80 2>/dev/null'])).toMatch(
        /src=10\.92\.\d+\.\d+ dst=10\.93\.\S+ sport=\d+ dport=80 src=10\.92\.\S+ dst=10\.92\.\S+ sport=8080/,
      )
    })

    test.for(lab.nodes)('has $name talk to every other node over connections that stay', async (node) => {
      // In both families.
      await expect.poll(async () => (await peerRtts(lab.node(node.name))).length).toBe(2 * (lab.nodes.length - 1))
    })

    test('has a pod whose own rules lead it, and stand in no table of its node', async () => {
      const [pod] = await podsOf(lab, 'app=meshed')
      const log = (): Promise<string> => kubectl(['logs', '--namespace=payments', '--container=call', pod?.name ?? ''])
      await expect.poll(log).toMatch(/^200 OK in \S+: meshed-/m)
      expect(await lab.node(pod?.node ?? '').run(['nft', 'list', 'tables'])).not.toContain('mesh')
    })

    test('runs kube-proxy in the mode that was asked for', async () => {
      for (const node of lab.nodes)
        expect(await node.run(['curl', '-sf', 'http://127.0.0.1:10249/proxyMode'])).toBe(lab.state.proxy)
    })

    test('lets root log in everywhere over SSH, by name and by address', async () => {
      for (const { name, address } of lab.nodes)
        for (const target of [name, address])
          expect(await run(['ssh', '-F', lab.sshConfig, '-o', 'BatchMode=yes', target, 'hostname'])).toBe(`${name}\n`)
    })

    test("lets kntop's user read, and no more", async () => {
      expect((await kntop('get', 'pods', '-A', '--output=name')).stdout).toContain('pod/coredns-')
      expect((await kntop('get', 'secrets', '-A')).stderr).toContain('forbidden')
      expect((await kntop('delete', 'service', '--namespace=payments', 'shop', '--dry-run=server')).stderr).toContain(
        'forbidden',
      )
    })

    test('shows containers the paths that they have on a real node', async () => {
      for (const node of lab.nodes) {
        const groups = await node.run(['sh', '-c', 'cat /proc/[0-9]*/cgroup | grep ":pids:" | sort -u'])
        expect(groups).toMatch(/:pids:\/kubepods\/besteffort\/pod[\da-f-]{36}\/[\da-f]{64}$/m)
      }
    })

    test('has each node set what it would set for the whole machine behind a shield', async () => {
      for (const [name, wanted] of Object.entries(shielded))
        for (const node of lab.nodes) expect((await node.run(['cat', `/proc/sys/${name}`])).trim()).toBe(wanted)
    })
  })
})
