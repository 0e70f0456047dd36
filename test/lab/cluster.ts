import { join } from 'node:path'
import { run } from '../system/support/finish.ts'
import { setFault } from './faults.ts'
import { files } from './names.ts'
import { type LabNode, nodeOf } from './node.ts'
import { nodeInit } from './processes.ts'
import { type LabState, readState } from './state.ts'
import type { Kubectl } from './workloads.ts'

/** A lab that is up. */
export interface Lab {
  /** Of kntop's own user. */
  readonly kubeconfig: string
  /** Of somebody who may do everything. */
  readonly admin: string
  readonly sshConfig: string
  readonly state: LabState
  readonly nodes: readonly LabNode[]
  /** Rejects names that are none. */
  node(name: string): LabNode
  readonly kubectl: Kubectl
  /** Switches a fault on or off. Without a node it is where the fault is made by itself. */
  fault(name: string, node: string | undefined, isOn: boolean): Promise<string>
}

export const labOf = (state: LabState): Lab => {
  const nodes = state.nodes.map(nodeOf)
  const node = (name: string): LabNode => {
    const found = nodes.find((each) => each.name === name)
    if (found === undefined)
      throw new Error(`${name} is no node of the lab: ${nodes.map((each) => each.name).join(', ')}`)
    return found
  }
  const lab: Lab = {
    kubeconfig: files.kubeconfig,
    admin: files.admin,
    sshConfig: files.sshConfig,
    state,
    nodes,
    node,
    kubectl: (args, input) => run([join(state.programs, 'kubectl'), `--kubeconfig=${files.admin}`, ...args], input),
    fault: (name, where, isOn) => setFault(lab, name, where, isOn),
  }
  return lab
}

/** The lab that is up on this machine; undefined where there is none. */
export const findLab = (): Lab | undefined => {
  const state = readState()
  return state?.nodes.some(({ name }) => nodeInit(name) !== undefined) === true ? labOf(state) : undefined
}

/** The lab that is up on this machine. Rejects, with what to type, where there is none. */
export const openLab = (): Lab => {
  const lab = findLab()
  if (lab === undefined) throw new Error('no lab is up; start one with: npm run lab -- up')
  return lab
}
