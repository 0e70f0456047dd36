import { readFileSync } from 'node:fs'
import { apiReady } from '../api.ts'
import { bootNode } from '../boot.ts'
import { cgroupsMatching } from '../cgroups.ts'
import type { Lab } from '../cluster.ts'
import { removeNodeNetwork } from '../network.ts'
import { startPart, startParts } from '../parts.ts'
import { endProcesses, until } from '../processes.ts'
import { ofNode } from './fault.ts'

/** Containers of a pod that have a process, the one that holds its namespaces among them. */
const running = (node: string, uid: string): number =>
  cgroupsMatching('pids', node, `kubepods/**/pod${uid}/*/cgroup.procs`).filter(
    (file) => readFileSync(file, 'utf8') !== '',
  ).length

/** Settles when the node has started its pods again: until then the API server shows them as they were. */
const podsRun = async ({ kubectl }: Lab, node: string): Promise<void> => {
  const which = [
    '--all-namespaces',
    `--field-selector=spec.nodeName=${node}`,
    '--output=jsonpath={.items[*].metadata.uid}',
  ]
  await until(
    `the pods of ${node} run again`,
    async () => {
      const uids = (await kubectl(['get', 'pods', ...which])).split(' ').filter(Boolean)
      return uids.every((uid) => running(node, uid) > 1)
    },
    90_000,
  )
}

export const deadNode = ofNode({
  name: 'dead-node',
  what: 'the node loses its power: its cable first, so that nobody is told, then every process at once',
  usual: 'a worker',
  async on(node) {
    await removeNodeNetwork(node)
    await endProcesses(node.name)
  },
  async off(node, lab) {
    // It may have come up by half before.
    await endProcesses(node.name)
    await bootNode(node, lab.state.nodes, lab.state.programs)
    await startParts(node, false)
    await apiReady(lab)
    await startParts(node, true)
    await podsRun(lab, node.name)
  },
})

export const apiDown = ofNode({
  name: 'api-down',
  what: 'the API server is killed: connections to it are refused',
  usual: 'the control plane',
  on: (node) => node.stop('kube-apiserver'),
  async off(node, lab) {
    await startPart(node, 'kube-apiserver')
    await apiReady(lab)
  },
})

export const apiFrozen = ofNode({
  name: 'api-frozen',
  what: 'the API server is stopped: connections to it are taken, and say nothing',
  usual: 'the control plane',
  on: (node) => node.signal('kube-apiserver', 'STOP'),
  async off(node, lab) {
    await node.signal('kube-apiserver', 'CONT')
    await apiReady(lab)
  },
})
