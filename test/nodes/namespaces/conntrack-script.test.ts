import { describe, expect, test } from 'vitest'
import { ownFlowsIn } from '../../../source/nodes/namespaces/conntrack-lines.ts'
import { conntrackScript } from '../../../source/nodes/namespaces/conntrack-script.ts'
import { sectionsOf } from '../../../source/nodes/namespaces/sections.ts'
import { logged, madeKernel, runUnder } from '../made-kernel.ts'

const programs = logged('awk', 'cat', 'grep', 'head', 'nice', 'sort')
const entry =
  'ipv4     2 udp      17 29 src=10.1.0.7 dst=10.1.0.9 sport=1 dport=53 src=10.1.0.9 dst=10.1.0.7 sport=53 dport=1 mark=0 zone=0 use=2\n'

const files = {
  ...programs,
  'proc/uptime': '5 5\n',
  'proc/modules': 'nf_conntrack 376832 2 - Live 0x0\n',
  [`proc/sys/net/netfilter/nf_conntrack_count`]: '1\n',
  [`proc/sys/net/netfilter/nf_conntrack_max`]: '9\n',
  'proc/net/nf_conntrack': entry,
  'net/fib_trie': '     |-- 10.1.0.7\n        /32 host LOCAL\n',
  'net/stat/nf_conntrack': 'entries drop\n00000000 00000000\n',
  'net/if_inet6': '',
}

/** A look of root at a pod on a node of these files. */
const look = (more: Readonly<Record<string, string>>) => {
  const root = madeKernel({ ...files, ...more })
  const hands = `section() { echo "@@ $1"; }\nenters() { false; }\ninside() { "$@"; }\nright=root whose=pod consent= net=${root}/net`
  const { told, started } = runUnder(root, `${hands}\n${conntrackScript}`)
  return { sections: sectionsOf(told, '@@'), started: started.map((line) => line.split(' ')[0] ?? '') }
}

describe('a table that is read from the file of the kernel', () => {
  test('is whole where the file was read to its end', () => {
    const { sections } = look({})
    expect(sections.get('way')).toEqual(['file'])
    expect(ownFlowsIn(sections.get('flows') ?? [])).toMatchObject({
      sums: { whole: 2, total: 1 },
      flows: { client: { total: 1 } },
    })
  })

  test('is not whole where reading broke off', () => {
    const broken = `#!/bin/sh\ncase $1 in */nf_conntrack) printf '%s' '${entry}'; exit 1;; esac\n`
    const { sections } = look({ 'bin/cat': broken })
    expect(ownFlowsIn(sections.get('flows') ?? [])).toMatchObject({ sums: { whole: 0, total: 1 } })
  })
})

describe('a table that the tool lists', () => {
  const tool = { 'bin/conntrack': `#!/bin/sh\necho conntrack >>"\${0%/bin/*}/started"\n` }

  test('is not listed where the kernel would load a module for it', () => {
    const { sections, started } = look(tool)
    expect(sections.get('way')).toEqual(['module'])
    expect(started).not.toContain('conntrack')
  })

  test('is listed where the module is there', () => {
    const { sections, started } = look({ ...tool, 'sys/module/nf_conntrack_netlink/': '' })
    expect(sections.get('way')).toEqual(['listed'])
    expect(started).toContain('conntrack')
  })
})
