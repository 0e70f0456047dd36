import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { Look, RoutesLook } from '../../../source/events/looks.ts'
import { isBlind, type LookKind } from '../../../source/nodes/namespaces/look-kind.ts'
import { looks } from '../../../source/nodes/namespaces/looks.ts'
import { overviewLook } from '../../../source/nodes/namespaces/overview.ts'
import { routesLook } from '../../../source/nodes/namespaces/routes.ts'
import { demand } from '../sampler/awks.ts'
import { type MadeNode, madeNode, podOf, shells } from './made-node.ts'

demand('dash', 'bash', 'busybox', 'ip')

const pod = podOf()

/** A node on which this process stands for a pod: its network is this machine's. */
const nodeWithPod = (): MadeNode => {
  const node = madeNode()
  const { pid } = process
  const path = `kubepods/pod${pod.uid}/${pod.containers[0]}`
  node.group(path, pid)
  node.process(pid, { line: `/${path}` })
  symlinkSync(`/proc/${pid}/net`, join(node.root, `proc/${pid}/net`))
  // Enters nothing: -t PID -n --
  node.program('nsenter', `[ "$1 $2 $3 $4" = "-t ${pid} -n --" ] || exit 1; shift 4; exec "$@"`)
  return node
}

const seeBy = <Kind extends Look>(
  kind: LookKind<Kind>,
  node: MadeNode,
  shell: readonly string[],
  uid: number,
): Kind => {
  const { footing, sections } = node.look(shell, pod, { uid, script: kind.script })
  if ('cause' in footing) return expect.fail(footing.cause)
  const look = kind.read({ footing, sections, place: pod, cut: false }, undefined)
  return isBlind(look) ? expect.fail(look.cause) : look
}

const interfaces = (): readonly string[] =>
  Array.from(readFileSync('/proc/net/dev', 'utf8').matchAll(/^\s*([^\s:|]+):/gm), ([, name = '']) => name)

/** Destinations of the IPv4 table main. */
const mainOf = ({ routes }: RoutesLook): ReadonlySet<string> =>
  new Set(
    routes
      .filter(({ family, table }) => family === 4 && table === 'main')
      .map(({ destination, device }) => `${destination} ${device}`),
  )

// Whatever else goes on here, interfaces come and go.
describe.each(shells)('a look under %s', (_, shell) => {
  test('at the overview shows every interface, as root and without', async () => {
    const node = nodeWithPod()
    await vi.waitFor(() => {
      const [root, user] = [seeBy(overviewLook, node, shell, 0), seeBy(overviewLook, node, shell, 1000)]
      expect(root.interfaces.map(({ name }) => name)).toEqual(interfaces())
      expect(user.interfaces.map(({ name }) => name)).toEqual(interfaces())
      const [own, files] = [root, user].map((look) => look.interfaces.find(({ name }) => name === 'lo'))
      expect(own).toMatchObject({ index: 1, state: expect.any(String) })
      expect(files?.addresses).toEqual(own?.addresses)
      expect(user.lacks).not.toEqual([])
    })
  })

  test('at the overview shows the tunnels of the node that are up, and none of its other links', () => {
    const node = nodeWithPod()
    const links = join(node.root, 'links')
    const link = (name: string, type: number, first: string, state: string, mtu: number): void => {
      mkdirSync(join(links, name), { recursive: true })
      const files = { type, uevent: `${first}\nIFINDEX=9`, operstate: state, mtu, ifindex: 9, iflink: 9 }
      for (const [file, text] of Object.entries(files)) writeFileSync(join(links, name, file), `${text}\n`)
    }
    link('lo', 772, 'INTERFACE=lo', 'unknown', 65_536)
    link('ens3', 1, 'INTERFACE=ens3', 'up', 9000)
    link('cni0', 1, 'DEVTYPE=bridge', 'up', 1400)
    link('veth1a2b', 1, 'INTERFACE=veth1a2b', 'up', 1400)
    link('flannel.1', 1, 'DEVTYPE=vxlan', 'unknown', 1450)
    link('genev_sys', 1, 'DEVTYPE=geneve', 'down', 1300)
    link('wireguard.cali', 65_534, 'DEVTYPE=wireguard', 'unknown', 1440)
    link('tunl0', 768, 'INTERFACE=tunl0', 'unknown', 1480)
    link('gre0', 778, 'INTERFACE=gre0', 'down', 1476)
    const script = overviewLook.script.replaceAll('/sys/class/net', links)
    for (const uid of [0, 1000])
      expect(seeBy({ ...overviewLook, script }, node, shell, uid).tunnels).toEqual([
        { name: 'flannel.1', kind: 'vxlan', mtu: 1450 },
        { name: 'tunl0', kind: 'ipip', mtu: 1480 },
        { name: 'wireguard.cali', kind: 'wireguard', mtu: 1440 },
      ])
  })

  test('at the routes shows the same destinations, as root and without', async () => {
    const node = nodeWithPod()
    await vi.waitFor(() => {
      const [root, user] = [seeBy(routesLook, node, shell, 0), seeBy(routesLook, node, shell, 1000)]
      expect(mainOf(user)).toEqual(mainOf(root))
      expect(root.rules.map(({ action }) => action)).toContain('lookup main')
      expect(user.rules).toEqual([])
    })
  })

  test('falls back to files where ip knows no JSON', async () => {
    const node = nodeWithPod()
    node.program('ip', 'exec busybox ip "$@"')
    expect(seeBy(routesLook, node, shell, 0).lacks[0]?.advice).toContain('needs ip of iproute2')
    await vi.waitFor(() =>
      expect(seeBy(overviewLook, node, shell, 0).interfaces.map(({ name }) => name)).toEqual(interfaces()),
    )
  })
})

describe('every look', () => {
  test.each(looks.map((look) => [look.tab, look] as const))('%s: says what it runs and what that costs', (_, look) => {
    expect(look.runs.length).toBeGreaterThan(0)
    expect(look.cost).toMatch(/\w{3}/)
  })

  test('is the only one of its tab', () => {
    const tabs = looks.map(({ tab }) => tab)
    expect(new Set(tabs).size).toBe(tabs.length)
  })
})
