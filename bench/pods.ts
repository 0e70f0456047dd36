import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { NodeName } from '../source/events/subject.ts'
import { liveFeed } from '../source/feeds/live.ts'
import { nodeBudget } from '../source/nodes/budget.ts'
import type { Figure } from '../source/store/reading.ts'
import { createStore } from '../source/store/store.ts'
import { connectThrough } from '../test/system/support/connect-through.ts'
import { type Measured, rounded } from './measured.ts'

const node = 'bench' as NodeName
const pods = 110
/** Connections of each pod to the next one: with those from the one before it has twice as many sockets. */
const connections = 10

/** Seconds after which periods have been stretched to what the budget allows; the figure covers the last minute of them. */
const settled = 180
const patience = 600_000

const machineProgram = fileURLToPath(new URL('./pods/machine.pl', import.meta.url))

interface Machine {
  readonly child: ChildProcess
  readonly enter: readonly string[]
}

/** A machine with its own processes and so many pods, which talk to each other. */
const makeMachine = async (namespaces: number): Promise<Machine> => {
  const flags = ['--net', '--pid', '--mount', '--fork', '--kill-child', '--mount-proc']
  const child = spawn('unshare', [...flags, 'perl', machineProgram, String(namespaces), String(connections)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child.stdout, 'close').then(() => [''])])
  if (!String(said).startsWith('ready')) throw new Error('the machine could not be made')
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()
  return { child, enter: ['nsenter', `--target=${children.split(' ')[0]}`, '--net', '--pid', '--mount', '--'] }
}

const readOf = ({ scope, namespaces }: Figure): string =>
  namespaces === undefined ? `the ${scope}` : `${namespaces.read} of ${namespaces.of}`

/** Share of a core in percent that kntop says it takes there, over a minute, once it has settled; and how it speaks of the pods. */
const measure = async (namespaces: number): Promise<{ readonly share: number; readonly words: string }> => {
  const { child, enter } = await makeMachine(namespaces)
  const stop = new AbortController()
  const store = createStore()
  const settings = { etcdMetrics: [], ownPeers: [] }
  const feed = liveFeed([
    { node, transport: 'local', connect: connectThrough(enter), settings, optIns: new Set<string>() },
  ])
  try {
    const { promise, resolve, reject } = Promise.withResolvers<{ share: number; words: string }>()
    const limit = setTimeout(() => reject(new Error('the node did not tell what kntop costs')), patience)
    const from = performance.now()
    const done = feed.run((events) => {
      store.apply(events)
      const view = store.snapshot().nodes.get(node)
      const cost = view?.reading('kntop.node_cpu')
      const scope = view?.reading('tcp.resets')
      const sockets = view?.reading('rtt.sockets')
      if (cost?.kind !== 'live' || scope?.kind !== 'live' || performance.now() - from < settled * 1000) return
      // Of pods without sockets that are read the figure would not be what it says.
      if (namespaces > 0 && (sockets?.kind !== 'live' || sockets.scope !== 'node')) return
      const told = sockets?.kind === 'live' ? `; ${sockets.value} sockets of ${readOf(sockets)}, ${sockets.tier}` : ''
      clearTimeout(limit)
      resolve({ share: cost.value, words: `counters of ${readOf(scope)}, ${scope.tier}${told}` })
    }, stop.signal)
    const found = await promise
    stop.abort()
    await done
    return found
  } finally {
    stop.abort()
    const ended = once(child, 'close')
    child.kill('SIGKILL')
    await ended
  }
}

/** What a node with 110 pods and their sockets is charged, beside the same node without any. Needs root. */
export const benchPods = async (): Promise<readonly Measured[]> => {
  const without = await measure(0)
  const having = await measure(pods)
  return [
    {
      name: `all of kntop on a node with ${pods} pods of ${2 * connections} sockets (${having.words})`,
      value: rounded(having.share),
      unit: '% of a core',
      budget: nodeBudget,
      reference: rounded(without.share),
      beside: 'the node without pods',
    },
  ]
}
