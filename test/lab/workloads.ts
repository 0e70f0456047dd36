import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rbacManifest } from '../../source/cluster/rbac.ts'
import { run } from '../system/support/finish.ts'
import { net, outside } from './names.ts'
import type { LabNode } from './node.ts'
import { until } from './processes.ts'

/** Runs kubectl as somebody who may do everything; gives back what it prints. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>

/** Text of a file of `manifests`, with the lab's addresses in it. */
const manifest = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'manifests', `${name}.yaml`), 'utf8')
    .replaceAll('$dns6', net.dns6)
    .replaceAll('$dns', net.dns)
    .replaceAll('$outside', outside.name)

/** Applies what `kntop rbac` prints, CoreDNS, and the workloads. */
export const applyWorkloads = async (kubectl: Kubectl): Promise<void> => {
  const namespaces = ['get', 'namespaces', 'kube-system', 'kube-node-lease']
  await until('the API server makes its namespaces', () => kubectl(namespaces).catch(() => undefined))
  const all = [rbacManifest(), manifest('dns'), manifest('payments')].join('\n---\n')
  await kubectl(['apply', '--server-side', '--filename=-'], all)
}

/** Settles when all that was applied is there. */
export const workloadsReady = async (kubectl: Kubectl): Promise<void> => {
  const all = ['daemonset/peers', 'daemonset/client', 'deployment/shop', 'deployment/meshed', 'statefulset/ledger']
  await kubectl(['rollout', 'status', '--namespace=kube-system', '--timeout=90s', 'deployment/coredns'])
  for (const each of all) await kubectl(['rollout', 'status', '--namespace=payments', '--timeout=90s', each])
}

/** Waits until the API server takes all nodes for ready: it forgets that while it is gone itself. */
export const nodesReady = async (kubectl: Kubectl): Promise<void> =>
  void (await kubectl(['wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=120s']))

/** Images are there before the first pod asks for them. Waits for containerd. */
export const importImages = async (node: LabNode, archive: string): Promise<void> => {
  await until(`containerd of ${node.name} answers`, async () => (await node.finish(['ctr', 'version'])).status === 0)
  const ctr = ['ctr', '--namespace=k8s.io', 'images', 'import', '--local', '--snapshotter=overlayfs', '-'] as const
  await run(['sh', '-ec', 'archive=$1; shift; exec "$@" <"$archive"', 'sh', archive, ...node.enter(), ...ctr])
}
