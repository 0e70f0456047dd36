import { apiAnswers } from '../api.ts'
import { bootNode } from '../boot.ts'
import { removeNodeNetwork } from '../network.ts'
import { startPart, startParts } from '../parts.ts'
import { endProcesses, until } from '../processes.ts'
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
    await until('the API server is ready', () => apiAnswers(lab.kubectl), 60_000)
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
    await until('the API server is ready', () => apiAnswers(lab.kubectl), 60_000)
  },
})

export const apiFrozen = ofNode({
  name: 'api-frozen',
  what: 'the API server is stopped: connections to it are taken, and say nothing',
  usual: 'the control plane',
  on: (node) => node.signal('kube-apiserver', 'STOP'),
  async off(node, lab) {
    await node.signal('kube-apiserver', 'CONT')
    await until('the API server is ready', () => apiAnswers(lab.kubectl), 60_000)
  },
})
