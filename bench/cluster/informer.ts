// A program of its own, run with --expose-gc: client-node's own informer over the pods of the server at the origin of its first
// argument. Prints what it took until all are known.
import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node'
import { collect, cpuSoFar, createFreezes, type ListCost } from './cost.ts'

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
