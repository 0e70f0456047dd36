// A program of its own, run with --expose-gc: watches the cluster that its first argument leads to, whose server stands
// behind its output and input: it prints what it measured, and `change` where the server is to begin with changes.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { watchCluster } from '../../source/cluster/watch-cluster.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { median } from '../measured.ts'
import { collect, cpuSoFar, createFreezes, type ListCost, threadCpuSoFar } from './cost.ts'
import { createPodFrames } from './frames.ts'
import { reach } from './reach.ts'

/** What watching took. Milliseconds and megabytes. */
export interface ClusterCost extends ListCost {
  /** Those for objects, until all were known. */
  readonly requests: number
  readonly changing: {
    readonly cpu: number
    readonly longest: number
    readonly snapshot: number
    /** To draw the pods: the median by the clock, and the mean of the thread's own CPU, whose single readings are coarse. */
    readonly frame: number
    readonly frameCpu: number
    readonly changes: number
  }
}

const seconds = 10
const store = createStore()
const controller = new AbortController()
const api = await reach(process.argv[2] ?? '')
// The sources load all of client-node with the first request, where the built program has only what it uses of it.
const first = await api.request({ path: '/version', signal: controller.signal })
for await (const _ of first.body);
const before = collect()
let changes = 0
let requests = 0
const isForObjects = (path: string): boolean => !/\/selfsubjectaccessreviews$|^\/version$/.test(path)
const freezes = createFreezes()
const began = performance.now()
const cpuBefore = cpuSoFar()
const watch = watchCluster({
  api: {
    refused: api.refused,
    request(asked) {
      if (isForObjects(asked.path)) requests++
      return api.request(asked)
    },
  },
  namespaces: [],
  emit(events) {
    changes += events.length
    store.apply(events)
  },
  now: () => performance.now(),
  signal: controller.signal,
})

let peak = 0
let at = 0
/** What a clock would do: a snapshot twice a second. */
const tick = (): number => {
  const begun = cpuSoFar()
  store.apply([{ type: 'clock', at: at++, wall: at, late: 0 }])
  store.snapshot()
  peak = Math.max(peak, process.memoryUsage().rss)
  return cpuSoFar() - begun
}
const state = (): string | undefined => store.snapshot().sources.byName.get(clean('pods'))?.state
const sampling = setInterval(tick, 500)
while (state() !== 'live') await wait(20)
const [toFull, cpu, longest] = [performance.now() - began, cpuSoFar() - cpuBefore, freezes.longest()]
clearInterval(sampling)
const heap = collect() - before
const requestsToFull = requests
const drawPods = createPodFrames(store)
drawPods()

const input = createInterface({ input: process.stdin })
console.log('change')
await once(input, 'line')
freezes.reset()
changes = 0
const changingFrom = cpuSoFar()
let snapshot = 0
const frames: number[] = []
let frameCpu = 0
for (let turn = 0; turn < seconds * 2; turn++) {
  await wait(500)
  snapshot = Math.max(snapshot, tick())
  const [begun, cpuBegun] = [performance.now(), threadCpuSoFar()]
  drawPods()
  frames.push(performance.now() - begun)
  frameCpu += threadCpuSoFar() - cpuBegun
}
const changing = {
  cpu: (cpuSoFar() - changingFrom) / seconds,
  longest: freezes.longest(),
  snapshot,
  frame: median(frames),
  frameCpu: frameCpu / frames.length,
  changes: changes / seconds,
}
const cost: ClusterCost = {
  pods: store.snapshot().records.pods.size,
  toFull,
  cpu,
  longest,
  heap: heap / 2 ** 20,
  peak: peak / 2 ** 20,
  requests: requestsToFull,
  changing,
}
console.log(JSON.stringify(cost))
controller.abort()
await watch.done
api.close()
input.close()
process.exit()
