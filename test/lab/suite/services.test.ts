import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { run } from '../../system/support/finish.ts'
import { type InTerminal, runInTerminal } from '../../terminal-e2e/kntop.ts'
import type { Lab } from '../cluster.ts'
import { enterClient } from '../faults/pods.ts'
import type { LabNode } from '../node.ts'
import { workloadsReady } from '../workloads.ts'
import { build, flagsFor, program } from './kntop.ts'
import { podsOf } from './oracles.ts'
import { withLab } from './with-lab.ts'

beforeAll(async () => {
  await build()
})

/** Holds so many connections to ADDRESS PORT, a request on each twice a second, says so, until its input ends. */
const caller = `
const [host, port, count] = process.argv.slice(1)
const http = require('node:http')
const agents = Array.from({ length: Number(count) }, () => new http.Agent({ keepAlive: true, maxSockets: 1 }))
let answered = 0
const call = (agent) => http.get({ host, port, agent, path: '/' }, (answer) => {
  answer.resume().on('end', () => { if (++answered === agents.length) console.log('open'); setTimeout(call, 500, agent) })
}).on('error', (error) => { throw error })
agents.forEach(call)
process.stdin.resume().on('end', () => process.exit())`

const callFromPod = async (lab: Lab, node: LabNode, address: string, count: number): Promise<void> => {
  const [command, ...enter] = await enterClient(lab, node)
  const words = [...enter, process.execPath, '-e', caller, address, '80', String(count)]
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  })
  await once(child.stdout, 'data')
}

/** How many established sockets of the node's client pod to the address are answered by whom, by ss and conntrack. */
const byHand = async (lab: Lab, node: LabNode, address: string): Promise<Readonly<Record<string, number>>> => {
  const inPod = await enterClient(lab, node)
  const listed = await run([...inPod, 'ss', '-tnH', 'state', 'established', 'dst', address, 'dport', '=', ':80'])
  const ports = Array.from(listed.matchAll(/:(\d+) +\S+:80\s/g), ([, port]) => port ?? '')
  const table = await node.run(['conntrack', '-L', '-p', 'tcp', '-d', address, '--dport', '80'])
  const counts: Record<string, number> = {}
  for (const port of ports) {
    const entry = table.split('\n').find((line) => line.includes(` sport=${port} dport=80 `))
    const [, answerer = 'nobody'] = Array.from(entry?.matchAll(/src=(\S+)/g) ?? [], ([, source]) => source ?? '')
    counts[answerer] = (counts[answerer] ?? 0) + 1
  }
  return counts
}

const screenOf = (at: InTerminal): string => at.emulator.text().join('\n')

/** Sockets of clients on a node to each endpoint, by pod, as the screen has them. */
const shown = (at: InTerminal, node: string): Readonly<Record<string, number>> => {
  const row = new RegExp(`│ (\\S+) +\\S+ +clients +${node} .* (\\d+) +│`, 'g')
  return Object.fromEntries(Array.from(screenOf(at).matchAll(row), ([, pod, count]) => [pod ?? '', Number(count)]))
}

describe('round-trip times of a service in the lab', () => {
  withLab((lab) => {
    test('known connections of clients on two nodes are attributed to the three backends that answer them', async () => {
      await workloadsReady(lab.kubectl)
      const [address = ''] = (
        await lab.kubectl(['get', 'service', '--namespace=payments', 'shop', '--output=jsonpath={.spec.clusterIP}'])
      ).split('\n')
      const nodes = ['worker-1', 'worker-2'].map((name) => lab.node(name))
      for (const node of nodes) await callFromPod(lab, node, address, 12)
      const addresses = new Map<string, string>()
      for (const { name } of await podsOf(lab, 'app=shop')) {
        const of = ['get', 'pod', '--namespace=payments', name, '--output=jsonpath={.status.podIP}']
        addresses.set((await lab.kubectl(of)).trim(), name)
      }
      const at = runInTerminal([program, ...flagsFor(lab)], { columns: 200, rows: 50 })
      await at.sees(/3\/3 live/)
      at.pty.write(':service payments/shop\r')
      await expect.poll(() => screenOf(at)).toMatch(/not attributed: [\d.]+%/)
      for (const node of nodes) {
        // The pod's own calls come and go: compared once both are the same before and after.
        await expect
          .poll(
            async () => {
              const before = await byHand(lab, node, address)
              const seen = shown(at, node.name)
              const named = Object.fromEntries(
                Object.entries(before).map(([end, count]) => [addresses.get(end) ?? end, count]),
              )
              return {
                seen,
                named,
                same: isDeepStrictEqual(seen, named),
              }
            },
            { timeout: 120_000 },
          )
          .toMatchObject({ same: true })
        const counts = Object.values(shown(at, node.name))
        expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(12)
      }
      // Servers see the same connections from the other side, apart from those of clients.
      await expect.poll(() => screenOf(at)).toMatch(/ server +worker-/)
      // Every node has told its own by then.
      const told = /\d sockets of clients, \d+ of them of the last 5 s; not attributed: [\d.]+%/
      await expect.poll(() => screenOf(at)).toMatch(told)
    })
  })
})
