import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ServicePlace } from '../../source/events/look-rules.ts'
import { lookScript } from '../../source/nodes/namespaces/find-script.ts'
import { footingOf } from '../../source/nodes/namespaces/footing.ts'
import { isBlind } from '../../source/nodes/namespaces/look-kind.ts'
import { rulesLook } from '../../source/nodes/namespaces/rules.ts'
import { sectionsOf } from '../../source/nodes/namespaces/sections.ts'
import { byIptables, byNftables } from '../nodes/namespaces/recorded-rules.ts'

const fixtures = join(import.meta.dirname, '../fixtures/namespace')

const shells = [
  ['dash', ['dash']],
  ['bash', ['bash', '--norc']],
  ['busybox', ['busybox', 'sh']],
] as const

/** Rules as they were recorded, put into a table of a namespace of its own. */
const restore = (tool: string, file: string): string => `
{ echo '*nat'; grep -o '^-A [^ ]*' ${fixtures}/${file} | sort -u | while read -r a c; do echo ":$c - [0:0]"; done
echo ':KUBE-MARK-MASQ - [0:0]'; cat ${fixtures}/${file}; echo COMMIT; } | ${tool}-restore`

const tables = 'cat /proc/net/ip_tables_names /proc/net/ip6_tables_names; nft -s list ruleset'

interface Taken {
  readonly look: ReturnType<typeof rulesLook.read>
  readonly before: string
  readonly after: string
}

/** Takes the rules in a network namespace that lives for this alone. */
const taken = (setup: string, service: ServicePlace, [shell, ...more]: readonly string[]): Taken => {
  const place = { kind: 'host' } as const
  const { script, marker } = lookScript(rulesLook, place, undefined, rulesLook.words?.(service))
  const text = `set -e
ip link set lo up
${setup}
echo before; { ${tables}; } 2>/dev/null
echo look
"$@"
echo
echo after; { ${tables}; } 2>/dev/null`
  const own = [shell ?? '', ...more, '-c', `uid=0 LC_ALL=C; export LC_ALL\n${script.text}`, 'sh', ...script.args]
  const { stdout, stderr, status } = spawnSync('unshare', ['--net', 'sh', '-c', text, 'sh', ...own], {
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  })
  if (status !== 0) expect.fail(stderr)
  const [, before = '', middle = '', after = ''] =
    /^[^]*?before\n([^]*?)look\n([^]*)\nafter\n([^]*)$/.exec(stdout) ?? []
  const sections = sectionsOf(middle, marker)
  const footing = footingOf(sections, place, 0)
  if ('cause' in footing) return expect.fail(footing.cause)
  return { look: rulesLook.read({ service, footing, sections, place, cut: false }, undefined), before, after }
}

const backends = ({ look }: Taken): readonly string[] =>
  isBlind(look) ? expect.fail(look.cause) : look.backends.map(({ address, share }) => `${address} ${share.toFixed(2)}`)

const both = [
  '10.92.1.4 0.33',
  '10.92.2.3 0.33',
  '10.92.3.4 0.33',
  'fd92:0:0:1::4 0.33',
  'fd92:0:0:2::3 0.33',
  'fd92:0:0:3::4 0.33',
]

describe.each(shells)('rules taken under %s', (_, shell) => {
  test('of iptables over nft are found, and no table comes to be', () => {
    const setup = `${restore('iptables-nft', 'rules-iptables.txt')}\n${restore('ip6tables-nft', 'rules-ip6tables.txt')}`
    const found = taken(setup, byIptables, shell)
    expect(backends(found)).toEqual(both)
    expect(found.look).toMatchObject({ way: 'iptables-nft', lacks: [] })
    expect(found.after).toBe(found.before)
  })

  test('of iptables in legacy tables are found in the table that is there, and no other comes to be', ({ skip }) => {
    const probe = spawnSync('unshare', ['--net', 'iptables-legacy', '-t', 'nat', '-S'])
    if (probe.status !== 0) skip('this kernel has no legacy tables')
    const found = taken(restore('iptables-legacy', 'rules-iptables.txt'), byIptables, shell)
    expect(backends(found)).toEqual(both.slice(0, 3))
    expect(found.look).toMatchObject({ way: 'iptables-legacy', lacks: [] })
    expect(found.before).toBe('nat\n')
    expect(found.after).toBe(found.before)
  })

  test('of nftables mode are found, in both families', () => {
    const found = taken(`nft -f ${fixtures}/rules-nftables.txt`, byNftables, shell)
    expect(backends(found).map((words) => words.split(' ')[0])).toEqual([
      '10.92.1.2',
      '10.92.2.3',
      '10.92.3.3',
      'fd92:0:0:1::2',
      'fd92:0:0:2::3',
      'fd92:0:0:3::3',
    ])
    expect(found.look).toMatchObject({ way: 'nftables', lacks: [] })
    expect(found.after).toBe(found.before)
  })

  test('where nobody wrote any are none, and still no table is there', () => {
    const found = taken('', byIptables, shell)
    expect(found.look).toMatchObject({ way: 'none', backends: [], lacks: [] })
    expect([found.before, found.after]).toEqual(['', ''])
  })
})
