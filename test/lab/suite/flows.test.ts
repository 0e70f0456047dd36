import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type InTerminal, runInTerminal } from '../../terminal-e2e/kntop.ts'
import type { Lab } from '../cluster.ts'
import { tableMaximum } from '../faults/conntrack.ts'
import { enterClient } from '../faults/pods.ts'
import { net } from '../names.ts'
import type { LabNode } from '../node.ts'
import { workloadsReady } from '../workloads.ts'
import { build, flagsFor, program } from './kntop.ts'
import { podsOf } from './oracles.ts'
import { withLab } from './with-lab.ts'

beforeAll(async () => {
  await build()
})

/** Opens connections to ADDRESS PORT, so many, says so, and holds them until its input ends. */
const holder = `
const [address, port, count] = process.argv.slice(1)
let open = 0
for (let index = 0; index < Number(count); index++)
  require('node:net').connect(Number(port), address, () => { if (++open === Number(count)) console.log('open') }).on('error', (error) => { throw error })
process.stdin.resume().on('end', () => process.exit())`

const holdFromPod = async (lab: Lab, node: LabNode, address: string, port: number, count: number): Promise<void> => {
  const [command, ...enter] = await enterClient(lab, node)
  const words = [...enter, process.execPath, '-e', holder, address, String(port), String(count)]
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  })
  await once(child.stdout, 'data')
}

const counted = async (node: LabNode): Promise<number> => Number(await node.run(['conntrack', '-C']))

/** What a person counts by hand: entries of this source, destination and port. */
const byHand = async (node: LabNode, protocol: string, from: string, to: string, port: number): Promise<number> => {
  const match = ['-p', protocol, '-s', from, '-d', to, '--dport', String(port)] as const
  const { stdout } = await node.finish(['conntrack', '-L', ...match])
  return stdout.split('\n').filter((line) => line.includes('src=')).length
}

const addressOf = async (lab: Lab, pod: string): Promise<string> =>
  (await lab.kubectl(['get', 'pod', '--namespace=payments', pod, '--output=jsonpath={.status.podIP}'])).trim()

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

/** kntop before the table of a node, by keys only. */
const atTable = async (lab: Lab, node: LabNode, size = { columns: 160, rows: 40 }): Promise<InTerminal> => {
  const at = runInTerminal([program, ...flagsFor(lab)], size)
  await at.sees(/3\/3 live/)
  at.pty.write(`/${node.name}\r`)
  await at.sees(/nodes\(all\)\[1 of 3\]/)
  at.pty.write('t')
  await at.sees(`flows(${node.name})`)
  return at
}

const screenOf = (at: InTerminal): string => at.emulator.text().join('\n')

/** A number of the screen. */
const numberIn = (at: InTerminal, pattern: RegExp): number => Number(pattern.exec(screenOf(at))?.[1])

describe('who fills the table of a node in the lab', () => {
  withLab((lab) => {
    const node = lab.node('worker-1')

    test('known connections of a known pod with known services are told exactly, and all add up', async () => {
      await workloadsReady(lab.kubectl)
      const pod = await clientOf(lab, node)
      await holdFromPod(lab, node, net.dns, 53, 120)
      await holdFromPod(lab, node, net.api, 443, 80)
      const before = await counted(node)
      const at = await atTable(lab, node)
      await at.sees(/seen \ds ago; it took worker-1/)
      const after = await counted(node)
      const told = numberIn(at, /│ (\d+) entries/)
      // They come and go meanwhile: the pods look names up all the time.
      expect(told).toBeGreaterThan(Math.min(before, after) * 0.7)
      expect(told).toBeLessThan(Math.max(before, after) * 1.3)
      const client = `payments/${pod.name}`
      expect(await byHand(node, 'tcp', pod.address, net.dns, 53)).toBe(120)
      expect(await byHand(node, 'tcp', pod.address, net.api, 443)).toBe(80)
      await at.sees(new RegExp(`│ ${client} +svc kube-system/kube-dns +tcp 53 +kube-s\\S+ +ESTABLISHED +120 `))
      await at.sees(new RegExp(`│ ${client} +svc default/kubernetes +tcp 443 +node cp-1 +ESTABLISHED +80 `))
      await at.sees(new RegExp(`│ ${client} +svc payments/shop +tcp 80 +payme\\S+ `))
      // What is nobody's is said.
      await at.sees(/clients: [\d.]+% pods, [\d.]+% nodes, [\d.]+% nobody of the cluster/)
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
        try {
          await load(node, entriesOf(count, pod.address, shop, status))
          await node.start(part, ['pod', 'flows', `${net.gateway}:9`, '400'])
          await expect.poll(() => counted(node), { timeout: 30_000 }).toBeGreaterThan(tableMaximum() * 0.98)
          const at = await atTable(lab, node, { columns: 80, rows: 24 })
          await at.sees(/y lists/)
          expect(screenOf(at)).not.toContain('SHARE%')
          at.pty.write('y')
          await expect.poll(() => screenOf(at).replace(/\s*│\n│\s*/g, ' '), { timeout: 60_000 }).toMatch(says)
          await at.sees(/│ payments\/cli\S* +svc payments\/shop +udp 700\d +\d{5} +\d+/)
          await at.sees(new RegExp(`pod payments/${pod.name} `))
          at.pty.write('\r')
          await at.sees(/pods?\(/)
          at.pty.write('\u001B')
          await at.sees(/flows\(worker-1\)/)
          at.pty.write('s')
          await at.sees(/services\(payments\)/)
        } finally {
          await node.stop(part)
          // It says with status 1 that there was none.
          await node.finish(['sh', '-c', `conntrack -D -s ${pod.address} -d ${shop} -p udp >/dev/null`])
        }
      },
    )
  })
})
