import type { Door } from '../feeds/ssh-door.ts'
import type { ChosenCluster } from './choose-cluster.ts'

/** What a mode knows besides the settings. */
export interface Surroundings {
  /** Where things are kept over restarts; undefined: nowhere. */
  readonly stateFolder: string | undefined
  /** Whether somebody can be asked. */
  readonly door: Door
  /** What is to be watched; undefined: no cluster. */
  readonly cluster?: ChosenCluster | undefined
  /** Why this machine is watched, where nobody named anything: said once. */
  readonly note?: string | undefined
  /** This machine and nothing else. */
  readonly local?: boolean
  /** Only nodes that something is asked of are reached, and nothing is sampled there. */
  readonly onlyAsked?: boolean
}
