import { apiReady } from '../api.ts'
import { bootNode } from '../boot.ts'
import { removeNodeNetwork } from '../network.ts'
import { startPart, startParts } from '../parts.ts'
import { endProcesses } from '../processes.ts'
import { ofNode } from './fault.ts'

export const deadNode = ofNode({
  name: 'dead-node',
  what: 'the node loses its power: its cable first, so that nobody is told, then every process at once',
  usual: 'a worker',
  async on(node) {
    await removeNodeNetwork(node)
    await endProcesses(node.name)
  },
  async off(node, lab) {
    await bootNode(node, lab.state.nodes, lab.state.programs)
    await startParts(node, false)
    await apiReady(lab)
    await startParts(node, true)
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
