// A program of its own, run with --expose-gc: client-node's own informer over the pods of the server at the origin of its first
// argument. Prints what it took until all are known.
import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node'
import { collect, cpuSoFar, createFreezes } from './cost.ts'

/** What watching took until the first list was whole. Milliseconds and megabytes. */
export interface InformerCost {
  readonly pods: number
  readonly toFull: number
  readonly cpu: number
  readonly longest: number
  readonly heap: number
  readonly peak: number
}

const config = new KubeConfig()
config.loadFromClusterAndUser({ name: 'bench', server: process.argv[2] ?? '', skipTLSVerify: true }, { name: 'bench' })
const core = config.makeApiClient(CoreV1Api)
await core.listNamespace()
const before = collect()
const freezes = createFreezes()
const [began, cpuBefore] = [performance.now(), cpuSoFar()]
let peak = 0
const looking = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss())
}, 100)
const listed = Promise.withResolvers<void>()
const informer = makeInformer(config, '/api/v1/pods', async () => {
  const list = await core.listPodForAllNamespaces()
  setImmediate(listed.resolve)
  return list
})
informer.on('error', (error) => listed.reject(error))
await informer.start()
await listed.promise
peak = Math.max(peak, process.memoryUsage.rss())
clearInterval(looking)
const cost: Omit<InformerCost, 'heap' | 'pods'> = {
  toFull: performance.now() - began,
  cpu: cpuSoFar() - cpuBefore,
  longest: freezes.longest(),
  peak: peak / 2 ** 20,
}
const whole: InformerCost = { ...cost, pods: informer.list().length, heap: (collect() - before) / 2 ** 20 }
console.log(JSON.stringify(whole))
await informer.stop()
process.exit()
