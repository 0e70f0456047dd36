import { type Clean, clean } from '../../text/clean.ts'
import { chooseTarget, type Wanted } from './choose.ts'
import type { Kubeconfig } from './entries.ts'
import { inCluster } from './in-cluster.ts'
import { type Environment, placesOf, readKubeconfigs } from './read.ts'
import type { Target } from './target.ts'
import { WrongKubeconfig } from './wrong-kubeconfig.ts'

/** Which cluster there is to watch: one, none, or one that is written down wrongly. */
export type Found =
  | { readonly state: 'found'; readonly target: Target; readonly config: Kubeconfig | undefined }
  | { readonly state: 'none'; readonly cause: Clean }
  | { readonly state: 'wrong'; readonly cause: Clean }

export interface LoadOptions extends Wanted {
  /** The file of `--kubeconfig`. */
  readonly kubeconfig?: string | undefined
  readonly environment: Environment
  /** Where a pod finds its credentials. */
  readonly serviceAccount?: string
}

/** Why there is no cluster: no file, or only some in which none is written. */
const whyNone = (files: readonly string[], read: readonly string[]): string => {
  if (read.length === 0) return `no kubeconfig: looked in ${files.join(', ') || 'no place, as HOME is not set'}`
  return `kubeconfig ${read.join(', ')}: no cluster and no context in ${read.length === 1 ? 'it' : 'them'}`
}

/**
 * Looks for a cluster: the kubeconfig as kubectl finds and merges it, else the cluster whose pod this runs in. Never falls
 * back to localhost:8080.
 */
export const findCluster = async (options: LoadOptions): Promise<Found> => {
  const { environment, kubeconfig, serviceAccount, ...wanted } = options
  const places = placesOf(environment, kubeconfig)
  try {
    const { config, read } = await readKubeconfigs(places)
    const isEmpty = config.currentContext === '' && config.contexts.size === 0 && config.clusters.size === 0
    if (!isEmpty || wanted.context !== undefined)
      return { state: 'found', target: chooseTarget(config, wanted), config }
    const pod = places.isNamed ? undefined : await inCluster(environment, wanted, serviceAccount)
    if (pod !== undefined) return { state: 'found', target: pod, config: undefined }
    return { state: 'none', cause: clean(whyNone(places.files, read), 600) }
  } catch (error) {
    if (error instanceof WrongKubeconfig) return { state: 'wrong', cause: error.cause }
    throw error
  }
}
