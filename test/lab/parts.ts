import type { Argv } from '../system/support/finish.ts'
import { net } from './names.ts'
import type { LabNode } from './node.ts'

const here = '/etc/kubernetes'

/** A program that belongs to a node, in the order in which they are started. */
export interface NodePart {
  readonly name: string
  readonly on: 'every node' | 'the control plane'
  /** Whether it is of use only when the API server answers. */
  readonly needsApi: boolean
  argv(node: LabNode): Argv
}

export const parts: readonly NodePart[] = [
  { name: 'sshd', on: 'every node', needsApi: false, argv: () => ['/usr/sbin/sshd', '-D', '-e'] },
  {
    name: 'containerd',
    on: 'every node',
    needsApi: false,
    argv: () => ['containerd', '--config=/etc/containerd/config.toml'],
  },
  {
    name: 'etcd',
    on: 'the control plane',
    needsApi: false,
    argv: ({ name }) => [
      ...(['etcd', `--name=${name}`, '--data-dir=/var/lib/etcd', '--logger=zap'] as const),
      ...['--listen-client-urls=http://127.0.0.1:2379', '--advertise-client-urls=http://127.0.0.1:2379'],
      ...['--listen-peer-urls=http://127.0.0.1:2380', '--initial-advertise-peer-urls=http://127.0.0.1:2380'],
      ...[`--initial-cluster=${name}=http://127.0.0.1:2380`, '--listen-metrics-urls=http://127.0.0.1:2381'],
    ],
  },
  {
    name: 'kube-apiserver',
    on: 'the control plane',
    needsApi: false,
    argv: ({ address }) => [
      ...(['kube-apiserver', '--etcd-servers=http://127.0.0.1:2379', `--advertise-address=${address}`] as const),
      ...[`--service-cluster-ip-range=${net.services},${net.services6}`, '--allow-privileged=true'],
      ...['--authorization-mode=Node,RBAC', '--enable-admission-plugins=NodeRestriction'],
      ...[`--client-ca-file=${here}/ca.crt`, `--tls-cert-file=${here}/apiserver.crt`],
      ...[`--tls-private-key-file=${here}/apiserver.key`, `--kubelet-client-certificate=${here}/apiserver.crt`],
      ...[`--kubelet-client-key=${here}/apiserver.key`, `--kubelet-certificate-authority=${here}/ca.crt`],
      // Or the way to a node's logs begins with a lookup of its name.
      ...[
        '--kubelet-preferred-address-types=InternalIP',
        '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      ],
      ...[`--service-account-key-file=${here}/tokens.pub`, `--service-account-signing-key-file=${here}/tokens.key`],
    ],
  },
  {
    name: 'kube-controller-manager',
    on: 'the control plane',
    needsApi: true,
    argv: () => [
      ...([
        'kube-controller-manager',
        `--kubeconfig=${here}/controller-manager.kubeconfig`,
        '--leader-elect=false',
      ] as const),
      ...[`--root-ca-file=${here}/ca.crt`, `--service-account-private-key-file=${here}/tokens.key`],
      ...['--use-service-account-credentials=true', `--service-cluster-ip-range=${net.services},${net.services6}`],
    ],
  },
  {
    name: 'kube-scheduler',
    on: 'the control plane',
    needsApi: true,
    argv: () => ['kube-scheduler', `--kubeconfig=${here}/scheduler.kubeconfig`, '--leader-elect=false'],
  },
  {
    name: 'kubelet',
    on: 'every node',
    needsApi: true,
    argv: ({ name, address, address6 }) => [
      ...(['kubelet', `--config=${here}/kubelet.yaml`, `--kubeconfig=${here}/kubelet.kubeconfig`] as const),
      ...[`--hostname-override=${name}`, `--node-ip=${address},${address6}`],
    ],
  },
  {
    name: 'kube-proxy',
    on: 'every node',
    needsApi: true,
    argv: ({ name }) => ['kube-proxy', `--config=${here}/kube-proxy.yaml`, `--hostname-override=${name}`],
  },
]

export const partsOf = ({ isControlPlane }: LabNode): readonly NodePart[] =>
  parts.filter(({ on }) => on === 'every node' || isControlPlane)

export const startPart = async (node: LabNode, name: string): Promise<void> => {
  const part = partsOf(node).find((each) => each.name === name)
  if (part === undefined) throw new Error(`${node.name} has no ${name}`)
  await node.start(name, part.argv(node))
}

/** Starts those that need no API server, or those that do. */
export const startParts = async (node: LabNode, needsApi: boolean): Promise<void> => {
  for (const part of partsOf(node)) if (part.needsApi === needsApi) await node.start(part.name, part.argv(node))
}
