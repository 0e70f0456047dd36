import { type ClusterApi, connectCluster } from '../../../../source/cluster/connect.ts'
import { findCluster } from '../../../../source/cluster/kubeconfig/load.ts'
import type { Lab } from '../../cluster.ts'
import { net } from '../../names.ts'
import { until } from '../../processes.ts'
import type { Relay } from './relay.ts'
import type { Step } from './steps.ts'
import { createWriter, type Writer } from './writer.ts'

/** The way of kntop's own user to the API server, through a relay. */
export const connectThrough = async ({ kubeconfig }: Lab, relay: Relay): Promise<ClusterApi> => {
  const found = await findCluster({ kubeconfig, environment: {} })
  if (found.state !== 'found') throw new Error(found.cause)
  const target = { ...found.target, server: new URL(`https://127.0.0.1:${relay.port}`) }
  return connectCluster(target, { environment: {}, limits: { handshake: 2000 } })
}

/** A service as somebody else has it who asked just now. */
export interface Fresh {
  readonly namespace: string
  readonly version: bigint
  readonly line: string
}

interface ServiceList {
  readonly items: readonly {
    readonly metadata: { readonly namespace: string; readonly name: string; readonly resourceVersion: string }
    readonly spec: { readonly ports?: readonly { readonly port: number }[] }
  }[]
}

/** The one way in which a service is written here, for those that are listed and those that are known. */
export const lineOf = (id: string, version: string, ports: readonly { readonly port: number }[]): string =>
  `${id} ${version} ${ports.map(({ port }) => port).join()}`

/** All services, in the order of their lines. */
export const freshServices = async ({ kubectl }: Lab): Promise<readonly Fresh[]> => {
  const { items } = JSON.parse(await kubectl(['get', 'services', '--all-namespaces', '--output=json'])) as ServiceList
  return items
    .map(({ metadata: { namespace, name, resourceVersion }, spec }) => ({
      namespace,
      version: BigInt(resourceVersion),
      line: lineOf(`${namespace}/${name}`, resourceVersion, spec.ports ?? []),
    }))
    .toSorted((one, other) => (one.line < other.line ? -1 : 1))
}

const etcd = 'http://127.0.0.1:2379/v3/kv'

/** Has etcd forget all its history, as far as it goes by now. */
const compact = async ({ nodes }: Lab): Promise<void> => {
  const [controlPlane] = nodes
  const ask = async (what: string, body: object): Promise<string> =>
    (await controlPlane?.run(['curl', '-sS', `${etcd}/${what}`, '-d', JSON.stringify(body)])) ?? ''
  const { header } = JSON.parse(await ask('range', { key: btoa('/registry') })) as {
    readonly header: { readonly revision: string }
  }
  const answer = await ask('compaction', { revision: header.revision, physical: true })
  // Nothing was written since the last time.
  if (/"(?:error|message)"/.test(answer) && !answer.includes('has been compacted'))
    throw new Error(`etcd does not compact: ${answer}`)
}

/** Makes a fault of the API server for as long as something is waited for. */
const during = async (lab: Lab, fault: string, wait: () => Promise<unknown>): Promise<void> => {
  await lab.fault(fault, undefined, true)
  try {
    await wait()
  } finally {
    await lab.fault(fault, undefined, false)
  }
}

/** Settles when somebody tries to reach the API server. */
const tried = async (relay: Relay): Promise<void> => {
  const before = relay.tries()
  await until('somebody tries to reach the API server', () => relay.tries() > before)
}

/** A cluster that things are done to. */
export interface World {
  take(step: Step): Promise<void>
  /** Changes a service, and gives the version of that change. */
  mark(): Promise<bigint>
}

/** Counted over all worlds: one that another left would not change. */
let marks = 0

export const worldOf = (lab: Lab, relay: Relay, namespace: string): World => {
  const writer: Writer = createWriter(namespace)
  return {
    async mark() {
      marks++
      return BigInt(await writer.put('mark', 1 + (marks % 65_535)))
    },
    async take(step) {
      switch (step.do) {
        case 'put':
          return void (await writer.put(step.name, step.port))
        case 'remove':
          return writer.remove(step.name)
        case 'compact':
          return compact(lab)
        case 'restart':
          return during(lab, 'api-down', () => tried(relay))
        case 'freeze':
          return during(lab, 'api-frozen', async () => {
            relay.cut()
            await tried(relay)
          })
        case 'cut':
          return relay.cut()
        case 'pull':
          return relay.pull()
        case 'plug':
        case 'look':
          return relay.plug()
      }
    },
  }
}

/** Where the API server listens. */
export const apiPlace = { host: net.node(1), port: 6443 } as const
