import { mkdirSync } from 'node:fs'
import { apiReady } from './api.ts'
import { bootNode } from './boot.ts'
import { buildPrograms } from './build.ts'
import { makeCertificates } from './certificates.ts'
import { type Lab, labOf } from './cluster.ts'
import { writeConfigs } from './configs.ts'
import { takeDown } from './down.ts'
import { buildImages } from './image.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { checkMachine } from './machine.ts'
import { files, folder, type ProxyMode } from './names.ts'
import { makeSwitch } from './network.ts'
import { writeNodeFiles } from './node-files.ts'
import { partsOf, startParts } from './parts.ts'
import { until } from './processes.ts'
import { makeSshKeys, writeSshConfig } from './ssh.ts'
import { planNodes, writeState } from './state.ts'
import { startSupervisor } from './supervisor.ts'
import { applyWorkloads, importImages, workloadsReady } from './workloads.ts'

export interface UpOptions {
  readonly nodes: number
  readonly proxy: ProxyMode
  /** Is told each step, and how long it took. */
  readonly say: (text: string) => void
}

const waitForNodes = async (lab: Lab): Promise<void> => {
  await until(
    'the kubelets register their nodes',
    async () => {
      const names = (await lab.kubectl(['get', 'nodes', '--output=name'])).split('\n').filter(Boolean)
      return names.length === lab.nodes.length
    },
    30_000,
  )
  await lab.kubectl(['wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=60s'])
}

/** The last words of parts that were started and have ended, and of the API server. */
const lastWords = async ({ nodes }: Lab): Promise<string> => {
  const words = nodes.flatMap((node) =>
    partsOf(node).map(async ({ name }) => {
      const log = node.log(name).trimEnd()
      const isOver = node.init() === undefined || (await node.state(name)) === undefined
      if (log === '' || !(isOver || name === 'kube-apiserver')) return []
      return [`${node.name} ${name}: ${log.split('\n').slice(-3).join('\n  ')}`]
    }),
  )
  return (await Promise.all(words)).flat().join('\n')
}

/** Brings a lab up, in place of one that is there. Rejects, and leaves nothing, if it does not come up. */
export const bringUp = async ({ nodes: count, proxy, say }: UpOptions): Promise<Lab> => {
  const step = async <Result>(what: string, action: () => Result | Promise<Result>): Promise<Result> => {
    const began = performance.now()
    const result = await action()
    say(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`)
    return result
  }
  await takeDown(() => undefined)
  await checkMachine()
  const programs = await step('programs', () => buildPrograms(say))
  const archive = await step('images', () => buildImages(programs))
  const nodes = planNodes(count)
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  await step('certificates, keys, settings', async () => {
    const [key] = await Promise.all([makeSshKeys(nodes), makeCertificates(nodes)])
    for (const node of nodes) {
      writeNodeFiles(node, nodes, key)
      writeConfigs(node, proxy)
    }
    writeSshConfig(nodes)
    writeKubeconfig(files.admin, 'admin')
    writeKubeconfig(files.kubeconfig, 'kntop')
  })
  const supervisor = await startSupervisor()
  const state = { nodes, proxy, programs, supervisor: supervisor.pid }
  const lab = labOf(state)
  try {
    writeState(state)
    await step(`the network, and ${count} nodes in it`, async () => {
      await makeSwitch()
      await Promise.all(nodes.map((node) => bootNode(node, nodes, programs)))
    })
    await step('sshd, containerd and images on every node, etcd, API server', async () => {
      await Promise.all(lab.nodes.map((node) => startParts(node, false)))
      const imported = lab.nodes.map((node) => importImages(node, archive))
      await Promise.all([apiReady(lab), ...imported])
    })
    await step('controllers, scheduler, kubelets, kube-proxies: all nodes Ready', async () => {
      await Promise.all([...lab.nodes.map((node) => startParts(node, true)), applyWorkloads(lab.kubectl)])
      await waitForNodes(lab)
    })
    await step('CoreDNS and all workloads', () => workloadsReady(lab.kubectl))
    await supervisor.release()
    return lab
  } catch (error) {
    const words = await lastWords(lab)
    await takeDown(() => undefined)
    throw new Error(`${String(error)}\n${words}`, { cause: error })
  }
}
