// A program of its own, run with --expose-gc: client-node's own informer over the pods of the cluster that its first argument
// leads to. Prints what it took until all are known.
import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node'
import { collect, cpuSoFar, createFreezes, type ListCost } from './cost.ts'
import { isOrigin } from './origin.ts'

const config = new KubeConfig()
const cluster = process.argv[2] ?? ''
if (isOrigin(cluster))
  config.loadFromClusterAndUser({ name: 'bench', server: cluster, skipTLSVerify: true }, { name: 'bench' })
else config.loadFromFile(cluster)
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
const [toFull, cpu, longest] = [performance.now() - began, cpuSoFar() - cpuBefore, freezes.longest()]
const cost: ListCost = {
  pods: informer.list().length,
  toFull,
  cpu,
  longest,
  heap: (collect() - before) / 2 ** 20,
  peak: peak / 2 ** 20,
}
console.log(JSON.stringify(cost))
await informer.stop()
process.exit()
