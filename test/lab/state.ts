import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { files, net, type ProxyMode } from './names.ts'

/** What a lab was made as; also for whoever comes later. */
export interface LabState {
  readonly nodes: readonly NodePlan[]
  readonly proxy: ProxyMode
  /** The folder with all programs. */
  readonly programs: string
  /** The process that holds everything up, as the machine sees it. */
  readonly supervisor: number
}

export interface NodePlan {
  readonly name: string
  /** From 1 on; also gives it its addresses. */
  readonly number: number
  readonly address: string
  readonly address6: string
  readonly isControlPlane: boolean
}

export const planNodes = (count: number): readonly NodePlan[] =>
  Array.from({ length: count }, (_, index) => ({
    name: index === 0 ? 'cp-1' : `worker-${index}`,
    number: index + 1,
    address: net.node(index + 1),
    address6: net.node6(index + 1),
    isControlPlane: index === 0,
  }))

export const writeState = (state: LabState): void => writeFileSync(files.state, `${JSON.stringify(state, null, 2)}\n`)

/** The lab that is up, or was; undefined where there is none. */
export const readState = (): LabState | undefined =>
  existsSync(files.state) ? (JSON.parse(readFileSync(files.state, 'utf8')) as LabState) : undefined
