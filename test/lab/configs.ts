import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { pkiFolder } from './certificates.ts'
import { images } from './image.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { net, type ProxyMode } from './names.ts'
import { nodeFolder, write } from './node-files.ts'
import type { NodePlan } from './state.ts'

/** Also on the node itself. */
export const socket = '/run/containerd/containerd.sock'

const containerd = `version = 3
root = '/var/lib/containerd'
state = '/run/containerd'
disabled_plugins = ['io.containerd.nri.v1.nri', 'io.containerd.snapshotter.v1.btrfs', 'io.containerd.snapshotter.v1.zfs']
[grpc]
address = '${socket}'
[plugins.'io.containerd.cri.v1.runtime']
# A machine of this kind may lack the right to lower the score.
restrict_oom_score_adj = true
disable_apparmor = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = ['/usr/lib/cni']
conf_dir = '/etc/cni/net.d'
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
runtime_type = 'io.containerd.runc.v2'
snapshotter = 'overlayfs'
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
BinaryName = '/usr/sbin/runc'
SystemdCgroup = false
[plugins.'io.containerd.cri.v1.images']
snapshotter = 'overlayfs'
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = '${images.pause}'
`

const podNetwork = ({ number }: NodePlan): object => ({
  cniVersion: '1.0.0',
  name: 'lab',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        // Memory: a node that starts anew has no pods, and none of their addresses.
        dataDir: '/run/cni/addresses',
        ranges: [[{ subnet: net.podsOf(number) }], [{ subnet: net.pods6Of(number) }]],
        routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
})

const kubelet = {
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: { x509: { clientCAFile: '/etc/kubernetes/ca.crt' }, webhook: { enabled: true } },
  authorization: { mode: 'Webhook' },
  tlsCertFile: '/etc/kubernetes/node.crt',
  tlsPrivateKeyFile: '/etc/kubernetes/node.key',
  containerRuntimeEndpoint: `unix://${socket}`,
  clusterDomain: 'cluster.local',
  clusterDNS: [net.dns],
  resolvConf: '/etc/resolv.conf',
  cgroupDriver: 'cgroupfs',
  failCgroupV1: false,
  failSwapOn: false,
  enforceNodeAllocatable: [],
  localStorageCapacityIsolation: false,
  oomScoreAdj: 0,
  // The machine's disk may be fuller than a node's should be: pods are not to be put out for it.
  evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
  imageGCHighThresholdPercent: 100,
  volumePluginDir: '/var/lib/kubelet/volume-plugins',
}

const kubeProxy = (mode: ProxyMode): object => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  mode,
  clientConnection: { kubeconfig: '/etc/kubernetes/kube-proxy.kubeconfig' },
  clusterCIDR: `${net.pods},${net.pods6}`,
  // The maximum belongs to the whole machine.
  conntrack: { maxPerCore: 0, min: 0 },
  oomScoreAdj: 0,
})

/** Writes what the parts of a node are set by, where they usually are. */
export const writeConfigs = (node: NodePlan, proxy: ProxyMode): void => {
  const etc = join(nodeFolder(node.name), 'etc')
  const kubernetes = join(etc, 'kubernetes')
  write(join(etc, 'containerd/config.toml'), containerd)
  write(join(etc, 'cni/net.d/10-lab.conflist'), JSON.stringify(podNetwork(node), null, 2))
  write(join(kubernetes, 'kubelet.yaml'), stringify(kubelet))
  write(join(kubernetes, 'kube-proxy.yaml'), stringify(kubeProxy(proxy)))
  writeKubeconfig(join(kubernetes, 'kubelet.kubeconfig'), node.name)
  writeKubeconfig(join(kubernetes, 'kube-proxy.kubeconfig'), 'kube-proxy')
  const pki = { 'ca.crt': 'ca.crt', [`${node.name}.crt`]: 'node.crt', [`${node.name}.key`]: 'node.key' }
  for (const [from, to] of Object.entries(pki)) cpSync(join(pkiFolder, from), join(kubernetes, to))
  if (!node.isControlPlane) return
  writeKubeconfig(join(kubernetes, 'controller-manager.kubeconfig'), 'controller-manager')
  writeKubeconfig(join(kubernetes, 'scheduler.kubeconfig'), 'scheduler')
  for (const file of ['apiserver.crt', 'apiserver.key', 'tokens.key', 'tokens.pub'])
    cpSync(join(pkiFolder, file), join(kubernetes, file))
}
