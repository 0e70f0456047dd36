import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, test } from 'vitest'
import type { OverviewLook, ResolverLook, RoutesLook, SocketsLook } from '../../../source/events/looks.ts'
import type { Lab } from '../cluster.ts'
import { build, flagsFor, makeHome, program } from './kntop.ts'
import { type LabPod, podOf } from './looking.ts'
import { withLab } from './with-lab.ts'

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const kntop = async (...words: readonly string[]): Promise<Ended> => {
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: makeHome(), LANG: 'C.UTF-8' },
  })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: Number(code), stdout, stderr }
}

interface Printed {
  readonly schema: string
  readonly pod: { readonly name: string; readonly hostNetwork: boolean } | null
  readonly node: string
  readonly found: { readonly way: string; readonly pid: number; readonly namespace: number; readonly host: boolean }
  readonly tabs: {
    readonly overview: OverviewLook
    readonly routes: RoutesLook
    readonly sockets: SocketsLook
    readonly dns: ResolverLook
  }
}

type Row = Readonly<Record<string, unknown>>

const inside = ({ node, pid }: LabPod, ...argv: readonly string[]): Promise<string> =>
  node.run(['nsenter', '-t', pid, '-n', ...argv])

const rowsOf = async (pod: LabPod, ...argv: readonly string[]): Promise<readonly Row[]> =>
  JSON.parse(await inside(pod, 'ip', '-j', ...argv)) as readonly Row[]

const sorted = (lines: readonly string[]): readonly string[] => lines.toSorted((one, other) => (one < other ? -1 : 1))

const words = (lines: string, keyword: string): readonly string[] =>
  lines
    .split('\n')
    .filter((line) => line.startsWith(`${keyword} `))
    .flatMap((line) => line.split(' ').slice(1))

const nameOf = ({ place }: LabPod): string => place.id.slice(place.id.indexOf('/') + 1)

describe('kntop pod in the lab', () => {
  withLab((lab: Lab) => {
    beforeAll(build)

    test.for([
      ['client', false],
      ['peers', true],
      ['meshed', false],
    ] as const)('prints of %s what hand commands print (host network: %s)', async ([app, isHost]) => {
      const pod = await podOf(lab, app)
      const { code, stdout, stderr } = await kntop('pod', pod.place.id, '--output', 'json', ...flagsFor(lab))
      expect(stderr).toBe('')
      expect(code).toBe(0)
      const { tabs, found, node, ...printed } = JSON.parse(stdout) as Printed
      const inode = Number(await pod.node.run(['stat', '-Lc', '%i', `/proc/${pod.pid}/ns/net`]))
      expect(printed).toMatchObject({ schema: 'kntop/v1', pod: { name: nameOf(pod), hostNetwork: isHost } })
      expect(node).toBe(pod.node.name)
      expect(found).toMatchObject({ way: 'its cgroup', namespace: inode, host: isHost, right: 'root' })

      const addresses = await rowsOf(pod, 'addr')
      expect(tabs.overview.interfaces.map(({ name, mtu, addresses: own }) => ({ name, mtu, own }))).toEqual(
        addresses.map((row) => ({
          name: row['ifname'],
          mtu: row['mtu'],
          own: (row['addr_info'] as readonly Row[]).map(
            ({ local, prefixlen }) => `${String(local)}/${String(prefixlen)}`,
          ),
        })),
      )
      const routes = [...(await rowsOf(pod, '-4', 'route')), ...(await rowsOf(pod, '-6', 'route'))]
      const main = tabs.routes.routes.filter(({ table }) => table === 'main' || table === '')
      const line = (...parts: readonly unknown[]): string =>
        parts.map((part) => (typeof part === 'string' ? part : '')).join(' ')
      expect(sorted(main.map(({ destination, gateway, device }) => line(destination, gateway, device)))).toEqual(
        sorted(routes.map((row) => line(row['dst'], row['gateway'], row['dev']))),
      )
      const listening = await inside(pod, 'ss', '-tlnH')
      expect(
        sorted(tabs.sockets.sockets.flatMap(({ state, localPort }) => (state === 'LISTEN' ? [`:${localPort}`] : []))),
      ).toEqual(sorted(Array.from(listening.matchAll(/^LISTEN +\d+ +\d+ +\S+(:\d+) /gm), ([, port]) => port ?? '')))
      const resolver = await pod.node.run(['nsenter', '-t', pod.pid, '-m', 'cat', '/etc/resolv.conf'])
      expect(tabs.dns.servers).toEqual(words(resolver, 'nameserver'))
      expect(tabs.dns.searches).toEqual(words(resolver, 'search'))
    })

    test('prints a table, with the namespace from the flags and one tab', async () => {
      const pod = await podOf(lab, 'client')
      const flags = ['-n', 'payments', '--tab', 'routes', ...flagsFor(lab)]
      const { code, stdout } = await kntop('pod', nameOf(pod), ...flags)
      expect(code).toBe(0)
      expect(stdout).toMatch(`pod ${pod.place.id} on ${pod.node.name}: pid ${pod.pid} found by its cgroup`)
      expect(stdout).toMatch(/^== routes\nDefault +IPv4 via /m)
      expect(stdout).not.toMatch('== overview')
    })

    test("prints a node's own namespace", async () => {
      const { node } = await podOf(lab, 'client')
      const { code, stdout } = await kntop('host', node.name, '--output', 'json', '--tab', 'overview', ...flagsFor(lab))
      expect(code).toBe(0)
      const inode = Number(await node.run(['stat', '-Lc', '%i', '/proc/self/ns/net']))
      expect(JSON.parse(stdout)).toMatchObject({ pod: null, node: node.name, found: { host: true, namespace: inode } })
    })

    test('says what it does not find, and does not log in without a yes', async () => {
      const pod = await podOf(lab, 'client')
      const name = nameOf(pod)
      const wrong = await kntop('pod', `payments/${name}x`, ...flagsFor(lab))
      expect(wrong).toEqual({
        ...{ code: 1, stdout: '', stderr: `kntop: no pod payments/${name}x is known (did you mean ${name}?)\n` },
      })
      const nowhere = await kntop('pod', 'nowhere/x', ...flagsFor(lab))
      expect(nowhere.stderr).toBe('kntop: no pod nowhere/x is known: there are no pods in namespace nowhere\n')
      const shell = await kntop('pod', 'payments/$(id)', ...flagsFor(lab))
      expect(shell).toMatchObject({ code: 2, stdout: '' })
      const shy = await kntop('pod', pod.place.id, '--output', 'json', '--kubeconfig', lab.kubeconfig)
      expect(shy).toMatchObject({ code: 1, stderr: expect.stringContaining('kntop does not log in to') })
      expect(JSON.parse(shy.stdout)).toMatchObject({ tabs: { overview: { missing: 'not-asked' } } })
    })
  })
})
