import { type Measured, rounded } from '../measured.ts'
import type { ClusterCost } from './client.ts'
import type { ListCost } from './cost.ts'
import { withProgram } from './program.ts'

/** Watches the pods of a cluster, which is an origin or a kubeconfig, with client-node's own informer; it keeps whole objects. */
export const watchAsInformer = (cluster: string): Promise<ListCost> =>
  withProgram(
    { name: 'informer.ts', options: ['--expose-gc', '--max-old-space-size=4096'], words: [cluster] },
    async (informer) => JSON.parse(await informer.line()) as ListCost,
  )

/** The same as kntop does it; then it is told of changes, which `change` begins with. Rejects where pods are missing. */
export const watchAsKntop = (cluster: string, count: number, change: () => void): Promise<ClusterCost> =>
  withProgram({ name: 'client.ts', options: ['--expose-gc'], words: [cluster] }, async (client) => {
    await client.line()
    change()
    client.say('begun')
    const cost = JSON.parse(await client.line()) as ClusterCost
    if (cost.pods < count) throw new Error(`${cost.pods} of ${count} pods are known`)
    return cost
  })

const beside = "client-node's informer"

/** What watching so many pods took, beside the informer. */
export const rowsOf = (name: string, count: number, cost: ClusterCost, informer: ListCost): readonly Measured[] => {
  const row = (what: string, value: number, unit: string, more: Partial<Measured> = {}): Measured => ({
    name: `${name}: ${what}`,
    value: rounded(value),
    unit,
    ...more,
  })
  const against = (reference: number): Partial<Measured> => ({ reference: rounded(reference), beside })
  const { changing } = cost
  return [
    row('heap', cost.heap, 'MB', { budget: count > 10_000 ? 150 : 60, ...against(informer.heap) }),
    row('longest freeze, of our CPU', cost.longest, 'ms', { budget: 100, ...against(informer.longest) }),
    row('to the first full list', cost.toFull / 1000, 's', against(informer.toFull / 1000)),
    row('CPU until then', cost.cpu / 1000, 's', against(informer.cpu / 1000)),
    row('resident at most', cost.peak, 'MB', against(informer.peak)),
    row('requests for five resources', cost.requests, ''),
    row('changes told', changing.changes, '/s'),
    row('longest freeze while it changes', changing.longest, 'ms', { budget: 100 }),
    row('longest snapshot while it changes', changing.snapshot, 'ms'),
    row('frame of the pods while it changes, median', changing.frame, 'ms'),
    row('the same, CPU, mean', changing.frameCpu, 'ms'),
    row('CPU while it changes, two frames a second', changing.cpu, 'ms/s'),
  ]
}
