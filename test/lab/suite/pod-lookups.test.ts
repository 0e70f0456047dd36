import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { runInTerminal } from '../../terminal-e2e/kntop.ts'
import { build, flagsFor, program } from './kntop.ts'
import { askFromPod } from './load.ts'
import { lookAt, overSsh, podOf } from './looking.ts'
import { inPod, podsOf } from './oracles.ts'
import { withLab } from './with-lab.ts'

beforeAll(async () => {
  await build()
})

describe('the dns tab of a pod in the lab', () => {
  withLab((lab) => {
    test('lists what the pod looks up, by name, as often as it was answered', async () => {
      const [server] = await podsOf(lab, 'k8s-app=kube-dns', 'kube-system')
      // What a pod asks a server of its own node does not leave their bridge.
      const client = (await podsOf(lab, 'app=client')).find(({ node }) => node !== server?.node)
      if (client === undefined) throw new Error('every client pod is beside the name server')
      const at = runInTerminal([program, ...flagsFor(lab), '--with', 'dns-capture'], { columns: 160, rows: 50 })
      await at.sees(/3\/3 live/)
      at.pty.write(`:pod payments/${client.name} dns\r`)
      await at.sees(/Live +.*tcpdump, on cni0/)

      const [rate, seconds] = [100, 10]
      const answered = (await askFromPod(lab, lab.node(client.node), rate, seconds)) * seconds
      await inPod(lab, client.name, 'sh', '-c', 'nslookup nowhere.payments.svc.cluster.local. || :')

      const names = ['kubernetes.default', 'shop.payments', 'kube-dns.kube-system', 'ledger.payments']
      const answers = (name: string): number =>
        Number(
          new RegExp(`${name}\\.svc\\.cluster\\.local +\\S+ +\\S+ +(\\d+) `).exec(at.emulator.text().join('\n'))?.[1],
        )
      // What the pod asks by itself comes on top.
      await expect
        .poll(() => names.reduce((sum, name) => sum + answers(name), 0), { timeout: 30_000 })
        .toBeGreaterThanOrEqual(0.98 * answered)
      await at.sees(/nowhere\.payments\.svc\.cluster\.local +\S+ +100 /)
    })
  })
})

describe('the overview of a pod in the lab', () => {
  withLab((lab) => {
    test('tells of a tunnel of its node while that is up', async () => {
      const pod = await podOf(lab, 'client')
      const link = ['ip', 'link'] as const
      expect((await lookAt(pod, 'overview', overSsh(lab, pod.node))).tunnels).toEqual([])
      await pod.node.run([...link, 'add', 'flannel.1', 'type', 'vxlan', 'id', '1', 'dev', 'lo', 'dstport', '8472'])
      onTestFinished(async () => void (await pod.node.run([...link, 'delete', 'flannel.1'])))
      expect((await lookAt(pod, 'overview', overSsh(lab, pod.node))).tunnels).toEqual([])
      await pod.node.run([...link, 'set', 'flannel.1', 'mtu', '1234', 'up'])
      expect((await lookAt(pod, 'overview', overSsh(lab, pod.node))).tunnels).toEqual([
        { name: 'flannel.1', kind: 'vxlan', mtu: 1234 },
      ])
    })
  })
})
