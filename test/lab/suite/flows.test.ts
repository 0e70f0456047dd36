import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { TabName } from '../../../source/events/looks.ts'
import { tabs } from '../../../source/screens/pod/tabs.ts'
import type { Size } from '../../../source/terminal/screen.ts'
import { type InTerminal, runInTerminal } from '../../terminal-e2e/kntop.ts'
import type { Lab } from '../cluster.ts'
import { tableMaximum } from '../faults/conntrack.ts'
import { net } from '../names.ts'
import type { LabNode } from '../node.ts'
import { workloadsReady } from '../workloads.ts'
import { build, flagsFor, program } from './kntop.ts'
import { enterPod, podOf } from './looking.ts'
import { podsOf } from './oracles.ts'
import { withLab } from './with-lab.ts'

beforeAll(async () => {
  await build()
})

/** Opens so many connections or, of UDP, sends a datagram from so many ports; says so, and holds them until its input ends. */
const holder = `
const [protocol, address, port, count] = process.argv.slice(1)
let open = 0
const opened = () => { if (++open === Number(count)) console.log('open') }
const failed = (error) => { throw error }
for (let index = 0; index < Number(count); index++)
  if (protocol === 'tcp') require('node:net').connect(Number(port), address, opened).on('error', failed)
  else {
    const socket = require('node:dgram').createSocket(address.includes(':') ? 'udp6' : 'udp4')
    socket.on('error', () => {}).connect(Number(port), address, () => socket.send('x', opened))
  }
process.stdin.resume().on('end', () => process.exit())`

interface Held {
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  readonly port: number
  readonly count: number
}

/** Holds connections from where `enter` leads to until the test ends. */
const hold = async (enter: readonly string[], { protocol, address, port, count }: Held): Promise<void> => {
  const words = [...enter, process.execPath, '-e', holder, protocol, address, String(port), String(count)]
  const child = spawn('env', words, { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  })
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${protocol} ${address} ${port}: it ended with ${String(code)} before all were open`)
  })
  await Promise.race([once(child.stdout, 'data'), failed])
  // From here on its end is the test's.
  failed.catch(() => undefined)
}

const counted = async (node: LabNode): Promise<number> => Number(await node.run(['conntrack', '-C']))

/** What a person counts by hand: entries of this source, destination and port. */
const byHand = async (node: LabNode, protocol: string, from: string, to: string, port: number): Promise<number> => {
  const family = to.includes(':') ? 'ipv6' : 'ipv4'
  const match = ['-f', family, '-p', protocol, '-s', from, '-d', to, '--dport', String(port)] as const
  const { stdout } = await node.finish(['conntrack', '-L', ...match])
  return stdout.split('\n').filter((line) => line.includes('src=')).length
}

const addressOf = async (lab: Lab, pod: string): Promise<string> =>
  (await lab.kubectl(['get', 'pod', '--namespace=payments', pod, '--output=jsonpath={.status.podIP}'])).trim()

/** Everything of a service or a pod that a path of its JSON names. */
const told = async (lab: Lab, kind: 'pod' | 'service', name: string, path: string): Promise<readonly string[]> =>
  (await lab.kubectl(['get', kind, '--namespace=payments', name, `--output=jsonpath={${path}}`]))
    .replace(/[[\]"]/g, '')
    .split(/[ ,]+/)

const clientOf = async (lab: Lab, node: LabNode): Promise<{ readonly name: string; readonly address: string }> => {
  const pod = (await podsOf(lab, 'app=client')).find((each) => each.node === node.name)
  if (pod === undefined) throw new Error(`${node.name} has no client pod`)
  return { name: pod.name, address: await addressOf(lab, pod.name) }
}

/** Entries of one pod with one service, no two alike, as `conntrack --load-file` takes them. */
const entriesOf = (count: number, source: string, target: string, status: string): string =>
  Array.from({ length: count }, (_, index) => {
    const [port, from] = [7000 + Math.floor(index / 60_000), 1024 + (index % 60_000)]
    return `-I -p udp -s ${source} -d ${target} --sport ${from} --dport ${port} -u ${status} -t 7200\n`
  }).join('')

const load = async (node: LabNode, text: string): Promise<void> => {
  const path = join(node.folder, 'var-lib', 'flows-entries')
  writeFileSync(path, text)
  try {
    await node.run(['conntrack', '--load-file', '/var/lib/flows-entries'])
  } finally {
    rmSync(path)
  }
}

/** kntop, watching all nodes. */
const watching = async (lab: Lab, size: Size): Promise<InTerminal> => {
  const at = runInTerminal([program, ...flagsFor(lab)], size)
  await at.sees(/3\/3 live/)
  return at
}

/** Before the table of a node, by keys only. */
const toTable = async (at: InTerminal, node: LabNode): Promise<void> => {
  at.pty.write(`/${node.name}\r`)
  await at.sees(/nodes\(all\)\[1 of 3\]/)
  at.pty.write('t')
  await at.sees(`flows(${node.name})`)
}

const screenOf = (at: InTerminal): string => at.emulator.text().join('\n')

/** How a tab stands once it has come to life. Rules are taken on a key, and the client has no service. */
const standingOf = (name: TabName): string =>
  name === 'rules' ? 'no service chooses this pod; :rules NAMESPACE/SERVICE names one' : 'live, \\d'

/**
 * Steps through all tabs of a pod by `tab`, back to the first: each comes to life. The lists of a tab have a line of their own
 * where there is no room for them beside the tabs.
 */
const throughTabs = async (at: InTerminal, pod: string): Promise<void> => {
  for (const { name } of [...tabs, ...tabs.slice(0, 1)]) {
    const title = `pod\\(payments/${pod}\\) ${name}\\b[^\\n]*\\n`
    await at.sees(new RegExp(`${title}(?:[^\\n]*\\n){1,2}│ ${standingOf(name)}`))
    at.pty.write('\t')
  }
}

/** A number of the screen. */
const numberIn = (at: InTerminal, pattern: RegExp): number => Number(pattern.exec(screenOf(at))?.[1])

describe('who fills the table of a node in the lab', () => {
  withLab((lab) => {
    const node = lab.node('worker-1')

    test('known connections of known clients with known services are told exactly, and all add up', async () => {
      await workloadsReady(lab.kubectl)
      // It opens none by itself, but to itself.
      const pod = await podOf(lab, 'meshed')
      const { node } = pod
      const enter = enterPod(pod)
      const [four = '', six = ''] = await told(lab, 'pod', pod.place.id.replace(/.*\//, ''), '.status.podIPs[*].ip')
      const [nodePort = ''] = await told(lab, 'service', 'shop-outside', '.spec.ports[0].nodePort')
      const nodeAddress = net.node(lab.nodes.findIndex(({ name }) => name === node.name) + 1)
      await hold(enter, { protocol: 'tcp', address: net.dns, port: 53, count: 120 })
      await hold(enter, { protocol: 'tcp', address: net.dns6, port: 53, count: 30 })
      await hold(enter, { protocol: 'udp', address: net.dns, port: 53, count: 40 })
      await hold(enter, { protocol: 'udp', address: net.dns6, port: 53, count: 20 })
      await hold(enter, { protocol: 'tcp', address: net.api, port: 443, count: 80 })
      // From outside of the cluster, masqueraded by the node.
      await hold([], { protocol: 'tcp', address: nodeAddress, port: Number(nodePort), count: 25 })
      const before = await counted(node)
      const at = await watching(lab, { columns: 200, rows: 50 })
      await toTable(at, node)
      await at.sees(/seen \ds ago; it took \S+/)
      const after = await counted(node)
      const all = numberIn(at, /│ (\d+) entries/)
      // They come and go meanwhile: other pods look names up all the time.
      expect(all).toBeGreaterThan(Math.min(before, after) * 0.7)
      expect(all).toBeLessThan(Math.max(before, after) * 1.3)
      expect(await byHand(node, 'tcp', four, net.dns, 53)).toBe(120)
      expect(await byHand(node, 'tcp', six, net.dns6, 53)).toBe(30)
      expect(await byHand(node, 'udp', four, net.dns, 53)).toBe(40)
      expect(await byHand(node, 'udp', six, net.dns6, 53)).toBe(20)
      expect(await byHand(node, 'tcp', four, net.api, 443)).toBe(80)
      expect(await byHand(node, 'tcp', net.host, nodeAddress, Number(nodePort))).toBe(25)
      const client = pod.place.id
      await at.sees(new RegExp(`│ ${client} +svc kube-system/kube-dns +tcp 53 +kube-s\\S+.* 150 `))
      await at.sees(
        new RegExp(`│ ${client} +svc kube-system/kube-dns +udp 53 +kube-s\\S+.* (assured|unreplied|replied).* 60 `),
      )
      await at.sees(new RegExp(`│ ${client} +svc default/kubernetes +tcp 443 +node cp-1 +ESTABLISHED +80 `))
      await at.sees(new RegExp(`│ ${net.host} +svc payments/shop-outside +tcp ${nodePort} +payments/shop\\S+.* 25 `))
      // What is nobody's is said.
      await at.sees(/clients: [\d.]+% pods, [\d.]+% nodes, [\d.]+% nobody of the cluster/)
      // Not by the client's address: who logs in to the node from outside has it, too.
      at.pty.write('/payments/shop-outside\r')
      // Who is answered on that very node is seen as its end of the pods' network.
      await at.sees(new RegExp(`seen there as (?:[\\d.]+ \\d+, )?node ${node.name} `))
      await at.sees('service payments/shop-outside by its node port')
    })

    test.for([
      {
        status: 'SEEN_REPLY,ASSURED',
        kind: 'assured',
        says: /the table is full, and 99[\d.]*% of what it holds is assured, which the kernel/,
      },
      {
        status: 'SEEN_REPLY',
        kind: 'plain',
        says: /\/s begin: \d+ in 5[\d.]*s; the table is full, and [\d.]+% of what it holds is assured: a new/,
      },
    ])(
      'a full table of $kind entries is listed after a yes, and leads to the pod and the service',
      async ({ status, says }) => {
        const part = 'flows-test'
        const pod = await clientOf(lab, node)
        const [shop] = (
          await lab.kubectl(['get', 'service', '--namespace=payments', 'shop', '--output=jsonpath={.spec.clusterIP}'])
        ).split('\n')
        if (shop === undefined) throw new Error('the service shop has no address')
        const count = tableMaximum() - (await counted(node)) - 500
        // Whoever comes once it is full of assured entries cannot log in.
        const at = await watching(lab, { columns: 80, rows: 24 })
        try {
          await load(node, entriesOf(count, pod.address, shop, status))
          await node.start(part, ['pod', 'flows', `${net.gateway}:9`, '400'])
          await expect.poll(() => counted(node), { timeout: 30_000 }).toBeGreaterThan(tableMaximum() * 0.98)
          await toTable(at, node)
          await at.sees(/y lists/)
          expect(screenOf(at)).not.toContain('SHARE%')
          at.pty.write('y')
          await expect.poll(() => screenOf(at).replace(/\s*│\n│\s*/g, ' '), { timeout: 60_000 }).toMatch(says)
          await at.sees(/│ payments\/cli\S* +svc payments\/shop +udp 700\d +\d{5} +\d+/)
          await at.sees(new RegExp(`pod payments/${pod.name} `))
          at.pty.write('\r')
          await throughTabs(at, pod.name)
          at.pty.write('\u001B')
          await at.sees(/flows\(worker-1\)/)
          at.pty.write('s')
          await at.sees(/services\(payments\)/)
          // The cursor stands on it: its address is what the entries have.
          await at.sees(new RegExp(`^ payments/shop .*${shop.replaceAll('.', '[.]')}`, 'm'))
          // From the nodes on: the node, its pods with what they had in the table, the same pod.
          at.pty.write('\u001B')
          await at.sees(/flows\(worker-1\)/)
          at.pty.write('\u001B')
          await at.sees(/nodes\(all\)/)
          at.pty.write('\r')
          await at.sees(/node\(worker-1\)/)
          await at.sees(/CT \d+\w ago/)
          at.pty.write(`/${pod.name}\r`)
          await at.sees(new RegExp(`payments +${pod.name.slice(0, 4)}\\S* .* ≥?\\d{6} `))
          at.pty.write('\r')
          await throughTabs(at, pod.name)
        } finally {
          await node.stop(part)
          // It says with status 1 that there was none.
          await node.finish(['sh', '-c', `conntrack -D -s ${pod.address} -d ${shop} -p udp >/dev/null`])
        }
      },
    )
  })
})
