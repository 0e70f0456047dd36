import type { Lab } from '../cluster.ts'
import type { LabNode } from '../node.ts'

/** Something that goes wrong in a lab, and can be taken back. None writes a sysctl of the machine. */
export interface Fault {
  readonly name: string
  /** For people: what then is wrong. */
  readonly what: string
  /** Where it is by itself: a node, or, for a permission, a kind of object. */
  usual(lab: Lab): string
  /** Throws, with what there is, where it cannot be. */
  check(lab: Lab, where: string): void
  /** Both settle when it is so. */
  on(lab: Lab, where: string): Promise<void>
  off(lab: Lab, where: string): Promise<void>
}

/** A fault of one node. */
export interface NodeFault {
  readonly name: string
  readonly what: string
  readonly usual: 'the control plane' | 'a worker'
  on(node: LabNode, lab: Lab): Promise<void>
  off(node: LabNode, lab: Lab): Promise<void>
}

export const ofNode = ({ name, what, usual, on, off }: NodeFault): Fault => ({
  name,
  what,
  usual: ({ nodes }) => (usual === 'a worker' ? (nodes[1] ?? nodes[0]) : nodes[0])?.name ?? '',
  check: (lab, where) => void lab.node(where),
  on: (lab, where) => on(lab.node(where), lab),
  off: (lab, where) => off(lab.node(where), lab),
})
