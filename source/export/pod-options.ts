import type { PodFormat } from './format.ts'

/** What the command line asks for of one pod, or of a node itself. */
export interface PodOptions {
  readonly mode: 'pod' | 'host'
  /** As it was typed: a pod, or a node. */
  readonly subject: string | undefined
  readonly output: PodFormat
  /** Seconds; undefined: as is usual. */
  readonly wait: number | undefined
  /** As typed; undefined: all that are taken by themselves. */
  readonly tabs: string | undefined
  /** What asks first may be taken. */
  readonly yes: boolean
  /** As typed: whose rules are meant. */
  readonly service: string | undefined
}
