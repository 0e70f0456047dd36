import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pathLook } from '../../../source/nodes/namespaces/path.ts'
import { demand } from '../sampler/awks.ts'
import { madeNode, podOf, shells } from './made-node.ts'

demand('dash', 'bash', 'busybox')

const pod = podOf()

/** What a pod may choose: lines of its net/dev and of sockstat, and what ip tells of it. */
interface Choice {
  readonly dev?: readonly string[]
  readonly sockstat?: string
  readonly links?: readonly object[]
}

/** The sections that a look at the path of such a pod gives. */
const seenBy = (shell: readonly string[], { dev = [], sockstat = '', links = [] }: Choice) => {
  const node = madeNode()
  const path = `kubepods/pod${pod.uid}/${pod.containers[0]}`
  node.group(path, 41)
  node.process(41, { line: `/${path}` })
  const net = join(node.root, 'proc/41/net')
  mkdirSync(net)
  writeFileSync(join(net, 'snmp'), 'Tcp: OutSegs RetransSegs\nTcp: 9 1\n')
  writeFileSync(join(net, 'dev'), dev.map((line) => `${line}\n`).join(''))
  writeFileSync(join(net, 'sockstat'), sockstat)
  writeFileSync(join(node.root, 'links'), JSON.stringify(links))
  node.program('nsenter', 'shift 4; exec "$@"')
  node.program('ip', `cat ${node.root}/links`)
  node.program('ss', 'echo "asked $*"')
  node.program('tc', ':')
  return node.look(shell, pod, { script: pathLook.script }).sections
}

const sockstat = (over: number): string =>
  `sockets: used 9\nTCP: inuse 3 orphan 0 tw ${over} alloc 4 mem 1\nUDP: inuse 2 mem 0\n`

describe.each(shells)('the script of the path, under %s', (_, shell) => {
  // The other end, number 1, is the lo of this machine, which says that it hangs on itself.
  const cable = { ifindex: 1, link_index: 1, ifname: 'eth0' }

  test.each([0, 500])('finds the end of a cable on the node, behind %i interfaces', (count) => {
    const others = Array.from({ length: count }, (_, index) => ({ ifindex: index + 9, link_index: 9e6, ifname: 'x' }))
    expect(JSON.stringify(others).length > 8192).toBe(count > 0)
    expect(seenBy(shell, { links: [...others, cable] }).get('outside 1 1')?.[0]).toMatch(/^lo \d+ \d+ \d+ \d+$/)
  })

  test('reads a bounded number of interfaces, letter by letter as they are called', () => {
    const dev = Array.from({ length: 5000 }, (_, index) => `a\\tb${index}: 1 2 3`)
    expect(seenBy(shell, { dev }).get('dev')).toEqual(dev.slice(0, 200))
  })

  test('counts connections that are over among the sockets that ss is asked of', () => {
    expect(seenBy(shell, { sockstat: sockstat(10) }).get('ss')).toEqual(['asked -tuaniH'])
    const many = seenBy(shell, { sockstat: sockstat(50_000) })
    expect([many.get('ss'), many.get('many')]).toEqual([undefined, ['asked -tuanH']])
  })
})

test('what ss says is bounded, however many sockets there are', () => {
  expect(pathLook.script).toContain('ss -tuaniH | head -c 1048576')
  expect(pathLook.script).toContain('ss -tuanH | head -n 2000')
})
