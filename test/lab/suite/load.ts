import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { Argv } from '../../system/support/finish.ts'
import type { Lab } from '../cluster.ts'
import { enterClient } from '../faults/pods.ts'
import { net } from '../names.ts'
import type { LabNode } from '../node.ts'

/** Starts a program that is gone when the test ends. */
const start = ([command, ...args]: Argv): ChildProcess => {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], cwd: '/' })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  })
  return child
}

/** What runs a program of the machine, with the machine's files, in the network of a node. */
const enterNetwork = (node: LabNode): Argv => {
  const pid = node.init()
  if (pid === undefined) throw new Error(`${node.name} does not run`)
  return ['nsenter', `--target=${pid}`, '--net', '--']
}

/** Names that the cluster's name server knows. */
const names = ['kubernetes.default', 'shop.payments', 'kube-dns.kube-system', 'ledger.payments']

/** dnsperf asks from the client pod of a node, so often a second, for so many seconds; what was answered, per second. */
export const askFromPod = async (lab: Lab, node: LabNode, rate: number, seconds: number): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-dnsperf-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'questions')
  writeFileSync(file, names.map((name) => `${name}.svc.cluster.local A\n`).join(''))
  const words = ['dnsperf', '-s', net.dns, '-d', file, '-Q', String(rate), '-l', String(seconds)]
  const child = start([...(await enterClient(lab, node)), ...words])
  const ended = once(child, 'exit')
  const said = child.stdout === null ? '' : await text(child.stdout)
  await ended
  const number = (what: string): number => Number(new RegExp(`${what}: +([\\d.]+)`).exec(said)?.[1])
  const answered = number('Queries completed') / number('Run time \\(s\\)')
  if (Number.isNaN(answered))
    throw new Error(
      `dnsperf said: ${said || 'nothing; is it here? apt-get install -y --no-install-recommends dnsperf'}`,
    )
  return answered
}

/** Opens so many flows from a node, so many a second, and keeps them until the test ends. */
export const openFlows = (node: LabNode, count: number, perSecond: number): void => {
  const program = join(import.meta.dirname, 'new-flows.ts')
  start([...enterNetwork(node), process.execPath, program, net.gateway, String(count), String(perSecond)])
}

/** Removes them. Waits for none: conntrack says with status 1 that there was none. */
export const forgetFlows = async (node: LabNode): Promise<void> => {
  await node.finish(['sh', '-c', `conntrack -D -p udp -d ${net.gateway} >/dev/null`])
}

/** What `conntrack -C` said, and when: milliseconds since 1970. */
export interface Count {
  readonly at: number
  readonly entries: number
}

/** `conntrack -C` on a node, some five times a second until the test ends. */
export const countEntries = (node: LabNode): readonly Count[] => {
  const counts: Count[] = []
  const child = start([...enterNetwork(node), 'sh', '-c', 'while conntrack -C; do sleep 0.2; done'])
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) =>
      counts.push({ at: Date.now(), entries: Number(line) }),
    )
  return counts
}
