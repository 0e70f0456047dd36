import type { Kubeconfig } from './entries.ts'

const first = <Value>(maps: readonly ReadonlyMap<string, Value>[]): ReadonlyMap<string, Value> =>
  // A later entry of a Map takes the place of an earlier one: the first file comes last.
  new Map(maps.toReversed().flatMap((map) => [...map]))

/**
 * Several kubeconfigs as one, as kubectl has it: of each name the first, whole, and the first current context that is not
 * empty (client-go: tools/clientcmd/loader.go, Load).
 */
export const mergeKubeconfigs = (configs: readonly Kubeconfig[]): Kubeconfig => ({
  currentContext: configs.find(({ currentContext }) => currentContext !== '')?.currentContext ?? '',
  clusters: first(configs.map(({ clusters }) => clusters)),
  users: first(configs.map(({ users }) => users)),
  contexts: first(configs.map(({ contexts }) => contexts)),
})
