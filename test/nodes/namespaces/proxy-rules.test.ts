import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { destinationOf, iptablesRuleIn, leadingFrom } from '../../../source/nodes/namespaces/iptables-rules.ts'
import { choicesOf, elementIn, nftRulesIn } from '../../../source/nodes/namespaces/nft-rules.ts'

const address = () => fc.oneof(fc.ipV4(), fc.ipV6())
const port = () => fc.integer({ min: 1, max: 65_535 })
const at = (host: string, number: number): string => (host.includes(':') ? `[${host}]:${number}` : `${host}:${number}`)
const comment = () => fc.stringMatching(/^[a-z0-9/: >.-]{0,40}$/)

describe('a rule of iptables', () => {
  test('gives back where it sends packets, whatever its comment', () => {
    fc.assert(
      fc.property(address(), port(), comment(), (host, number, words) => {
        const line = `-A KUBE-SEP-X -p tcp -m comment --comment "${words}" -m tcp -j DNAT --to-destination ${at(host, number)}`
        expect(iptablesRuleIn(line)).toMatchObject({
          chain: 'KUBE-SEP-X',
          target: 'DNAT',
          destination: destinationOf(at(host, number)),
        })
        expect(destinationOf(at(host, number))?.port).toBe(number)
      }),
    )
  })

  test('that is anything else is none, or says nothing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(iptablesRuleIn(`-N ${text}`)).toBeUndefined()
        expect(iptablesRuleIn(`-A KUBE-SEP-X ${text}`)?.chain).toBe('KUBE-SEP-X')
      }),
    )
    expect(iptablesRuleIn('-N KUBE-SVC-X')).toBeUndefined()
    expect(iptablesRuleIn('-A KUBE-SEP-X -j DNAT --to-destination 10.0.0.1:99999')?.destination).toBeUndefined()
  })

  test('among endpoints by chance makes shares that are equal and come to one, as kube-proxy writes them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (count) => {
        const rules = Array.from({ length: count }, (_, index) => {
          const chance =
            index < count - 1 ? ` -m statistic --mode random --probability ${(1 / (count - index)).toFixed(11)}` : ''
          return iptablesRuleIn(`-A KUBE-SVC-X -m comment --comment "ns/a:http"${chance} -j KUBE-SEP-${index}`)
        }).flatMap((rule) => rule ?? [])
        const shares = leadingFrom(rules, 'KUBE-SVC-X', 'KUBE-SEP-').map(({ share }) => share)
        expect(shares).toHaveLength(count)
        for (const share of shares) expect(share).toBeCloseTo(1 / count, 6)
      }),
    )
  })

  test('by which a client is found again takes no share of new ones, and says for how long', () => {
    const rules = [
      '-A KUBE-SVC-X -m comment --comment "ns/a:http -> 10.1.0.1:80" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-A --mask 255.255.255.255 --rsource -j KUBE-SEP-A',
      '-A KUBE-SVC-X -m comment --comment "ns/a:http -> 10.1.0.1:80" -j KUBE-SEP-A',
    ].flatMap((line) => iptablesRuleIn(line) ?? [])
    expect(rules[0]?.recent).toBe(10_800)
    expect(leadingFrom(rules, 'KUBE-SVC-X', 'KUBE-SEP-')).toEqual([{ chain: 'KUBE-SEP-A', share: 1 }])
  })
})

describe('a rule of nftables', () => {
  test('by chance among addresses gives each of them the same share', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(address(), port()), { minLength: 1, maxLength: 40 }), (ends) => {
        const elements = ends.map(([host, number], index) => `${index} : ${host} . ${number}`).join(', ')
        const rule = `meta l4proto tcp dnat ip to numgen random mod ${ends.length} map { ${elements} }`
        const choices = choicesOf(rule)
        expect(choices.map(({ destination }) => destination?.port)).toEqual(ends.map(([, number]) => number))
        expect(choices.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
      }),
    )
  })

  test('by chance among chains names them', () => {
    const chains = ['endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80', 'endpoint-A-ns1/svc1/tcp/p80__10.180.0.2/80']
    expect(
      choicesOf(`numgen random mod 2 vmap { 0 : goto ${chains[0]}, 1 : goto ${chains[1]} }`).map(({ chain }) => chain),
    ).toEqual(chains)
  })

  test('to one endpoint, or to another chain, takes all', () => {
    expect(choicesOf('meta l4proto tcp dnat to 10.91.0.11:6443')).toMatchObject([
      { share: 1, destination: { address: '10.91.0.11', port: 6443 } },
    ])
    expect(choicesOf('goto service-A-ns/a/tcp/http')).toMatchObject([{ share: 1, chain: 'service-A-ns/a/tcp/http' }])
  })

  test('for clients that are known, or that only marks, sends no new ones anywhere', () => {
    expect(
      choicesOf('ip saddr @affinity-A-ns/a/tcp/http__10.1.0.1/80 goto endpoint-A-ns/a/tcp/http__10.1.0.1/80'),
    ).toEqual([])
    expect(choicesOf('ip saddr 10.1.0.7 jump mark-for-masquerade')).toEqual([])
  })

  test('is never made of garbage, and garbage never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const { share } of choicesOf(text)) expect(share).toBeGreaterThan(0)
        expect(nftRulesIn([text])).toBeInstanceOf(Array)
      }),
    )
  })
})

test('an element of a map gives back its key and where it leads, with a comment or without', () => {
  fc.assert(
    fc.property(address(), port(), fc.boolean(), (host, number, hasComment) => {
      const key = `${host}_tcp_${number}`
      const line = `   ${key}${hasComment ? ' comment "ns/a:http"' : ''} : goto reject-chain `
      expect(elementIn(line)).toEqual({ key, verdict: 'goto reject-chain' })
    }),
  )
})
