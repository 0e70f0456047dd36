import { describe, expect, test } from 'vitest'
import type { SeenRules, ServicePlace } from '../../../source/events/look-rules.ts'
import type { ServiceId } from '../../../source/events/names.ts'
import { isBlind, type Seen } from '../../../source/nodes/namespaces/look-kind.ts'
import { rulesLook } from '../../../source/nodes/namespaces/rules.ts'
import { rulesRuns, rulesScript } from '../../../source/nodes/namespaces/rules-script.ts'
import { matcherOf, programsIn } from '../../../source/nodes/programs/programs.ts'
import { clean } from '../../../source/text/clean.ts'
import { byIptables, byNftables, iptablesSections, nftablesSections } from './recorded-rules.ts'

const see = (service: ServicePlace, sections: Seen['sections'], right: 'root' | 'user' = 'root') => {
  const footing = { way: clean('the node itself'), pid: 7, right, isHost: true } as const
  const look = rulesLook.read({ service, footing, sections, place: { kind: 'host' }, cut: false }, undefined)
  return isBlind(look) ? expect.fail(look.cause) : look
}

const backends = ({ backends }: SeenRules) =>
  backends.map(({ address, port, share }) => `${address} ${port} ${share.toFixed(4)}`)

describe('the rules of a service', () => {
  test('in iptables mode are those of its chains, each backend with its share', () => {
    const look = see(byIptables, iptablesSections())
    expect(look.way).toBe('iptables-nft')
    expect(backends(look)).toEqual([
      '10.92.1.4 8080 0.3333',
      '10.92.2.3 8080 0.3333',
      '10.92.3.4 8080 0.3333',
      'fd92:0:0:1::4 8080 0.3333',
      'fd92:0:0:2::3 8080 0.3333',
      'fd92:0:0:3::4 8080 0.3333',
    ])
    expect(look.byHand).toContain('iptables-nft -t nat -S KUBE-SVC-FQJRONML6U6FNHGZ')
    expect(look.lacks).toEqual([])
  })

  test('in nftables mode are its elements and chains, also where no endpoint has a chain of its own', () => {
    const look = see(byNftables, nftablesSections())
    expect(look.way).toBe('nftables')
    expect(backends(look)).toEqual([
      '10.92.1.2 8080 0.3333',
      '10.92.2.3 8080 0.3333',
      '10.92.3.3 8080 0.3333',
      'fd92:0:0:1::2 8080 0.3333',
      'fd92:0:0:2::3 8080 0.3333',
      'fd92:0:0:3::3 8080 0.3333',
    ])
    expect(look.elements.map(({ key, verdict }) => `${key} ${verdict.split('-')[0]}`)).toEqual([
      '10.93.28.108 . tcp . 80 goto service',
      'tcp . 32056 goto external',
      'fd93::999a . tcp . 80 goto service',
      'tcp . 32056 goto external',
    ])
    expect(look.byHand).toContain('nft list chain ip kube-proxy service-RQICT6OM-payments/shop-outside/tcp/http')
  })

  test('that are not there are none, and it says what would show them', () => {
    const look = see(
      byIptables,
      new Map([
        ['others', []],
        ['left', ['']],
      ]),
    )
    expect(look).toMatchObject({ way: 'none', backends: [], rules: [], unlisted: 0 })
    expect(look.byHand).toContain('iptables-nft -t nat -S KUBE-SVC-FQJRONML6U6FNHGZ')
  })

  test('are told to root only, by which command is said', () => {
    const look = see(
      byIptables,
      new Map([
        ['others', []],
        ['right', []],
      ]),
      'user',
    )
    expect(look.lacks).toMatchObject([{ what: 'the rules of this service', advice: expect.stringContaining('root') }])
    expect(look.byHand.join('\n')).toContain(
      "nft list map ip kube-proxy service-ips | grep -F '10.93.206.253 . tcp . 80 '",
    )
  })

  test('are not said to be missing where there is no tool that could tell', () => {
    const look = see(
      byIptables,
      new Map([
        ['others', []],
        ['tool nft', []],
        ['tool iptables-nft', []],
      ]),
    )
    expect(look.lacks.map(({ what }) => what)).toEqual(['what nft would tell', 'what iptables-nft would tell'])
  })

  test('of an old iptables are left alone, and that is said', () => {
    const look = see(
      byIptables,
      new Map([
        ['others', []],
        ['old iptables-nft', []],
      ]),
    )
    expect(look.lacks).toMatchObject([{ what: 'what iptables-nft has' }])
  })

  test('say what else serves services there, and how many chains were left out', () => {
    const sections = new Map([
      ...iptablesSections(),
      ['others', ['cilium', 'ipvs']],
      ['left', ['', 'iptables-nft KUBE-SEP-A']],
    ])
    const look = see(byIptables, sections)
    expect(look.others).toEqual(['Cilium', 'IPVS'])
    expect(look.unlisted).toBe(1)
    expect(look.lacks.map(({ what }) => what)).toEqual([
      '1 of its chains',
      'what IPVS does for it',
      'what Cilium does for it',
    ])
    expect(look.byHand).toContain('iptables-nft -t nat -S KUBE-SEP-A')
  })
})

describe('the entries of a service in Cilium’s maps', () => {
  const cilium = [
    'pins /sys/fs/bpf/tc/globals',
    'backends 4 cilium_lb4_backends_v3',
    'backend 4 5 0a5c01041f90',
    'front 6 0a5dcefd0050000006000000 0 1 0 0 5',
    'left 0',
    'end',
  ]
  const others: readonly [string, readonly string[]] = ['others', ['cilium']]

  test('are what serves it where kube-proxy has nothing of it', () => {
    const look = see(byIptables, new Map<string, readonly string[]>([others, ['cilium', cilium], ['left', ['']]]))
    expect(look).toMatchObject({ way: 'cilium', others: [], lacks: [], unlisted: 0, rules: [] })
    expect(backends(look)).toEqual(['10.92.1.4 8080 1.0000'])
    expect(look.byHand[0]).toBe(
      'bpftool map lookup pinned /sys/fs/bpf/tc/globals/cilium_lb4_services_v2 key hex 0a 5d ce fd 00 50 00 00 06 00 00 00',
    )
    expect(look.byHand.join(' ')).not.toContain('iptables')
  })

  test('stand beside the rules of kube-proxy where both have the service', () => {
    const look = see(
      byIptables,
      new Map<string, readonly string[]>([...iptablesSections(), others, ['cilium', cilium], ['left', ['']]]),
    )
    expect(look).toMatchObject({ way: 'iptables-nft', others: ['Cilium'], lacks: [] })
    expect(backends(look)).toHaveLength(7)
    expect(look.elements).toMatchObject([{ map: 'cilium_lb4_services_v2', verdict: '1 backend: 5' }])
    expect(look.byHand.join(' ')).toMatch(/iptables-nft -t nat -S .* bpftool map lookup/)
  })

  test('are told to root only: then the keys are shown', () => {
    const look = see(byIptables, new Map<string, readonly string[]>([others, ['right', []]]), 'user')
    expect(look.lacks).toMatchObject([{ what: 'the rules of this service' }])
    expect(look.byHand.join('\n')).toContain('key hex 0a 5d ce fd 00 50 00 00 06 00 00 00')
  })
})

describe('a service that is none', () => {
  test.each([
    [{ id: 'payments/$(id)' as ServiceId }],
    [{ id: 'Payments/shop' as ServiceId }],
    [{ addresses: ['10.96.0.1; id' as never] }],
    [{ doors: [{ name: clean('a b'), protocol: 'tcp' as const, port: 80, nodePort: 0 }] }],
    [{ doors: [{ name: clean('http'), protocol: 'tcp; id' as never, port: 80, nodePort: 0 }] }],
    [{ doors: [{ name: clean('http'), protocol: 'tcp' as const, port: 0, nodePort: 0 }] }],
  ])('never becomes words of a script: %j', (more: Partial<ServicePlace>) => {
    expect(() => rulesLook.words?.({ ...byIptables, ...more })).toThrow('not a service')
  })

  test('one that is becomes words without blanks', () => {
    expect(rulesLook.words?.(byIptables)).toEqual([
      'chain,FQJRONML6U6FNHGZ',
      'door,ip,10.93.206.253_tcp_80',
      'door,ip6,fd93::2970_tcp_80',
      'node,ip,tcp_30859',
      'node,ip6,tcp_30859',
      'bpf,0a5dcefd0050000006000000',
      'bpf,fd9300000000000000000000000029700050000006000000',
      'bpf,00000000788b000006000000',
      'bpf,00000000000000000000000000000000788b000006000000',
    ])
  })
})

describe('the commands of the rules', () => {
  test('are listed with the argument that grep gets, which the shell takes out of its quotes', () => {
    expect(rulesScript).toContain(String.raw`grep -qs '/nf_tables\.ko' "/lib/modules/$release/modules.builtin"`)
    const isListed = matcherOf(programsIn(rulesRuns))
    const argv = (name: string): readonly string[] => [
      'grep',
      '-qs',
      name,
      '/lib/modules/6.1.0-18-amd64/modules.builtin',
    ]
    expect(isListed(argv(String.raw`/nf_tables\.ko`))).toBe(true)
    expect(isListed(argv('/nf_tables.ko'))).toBe(false)
  })
})
