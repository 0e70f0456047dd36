import { expect, test } from 'vitest'
import type { ServiceDoor } from '../../../source/events/look-rules.ts'
import type { ServiceId } from '../../../source/events/names.ts'
import { iptablesHash, nftablesBase } from '../../../source/nodes/namespaces/proxy-names.ts'
import { clean } from '../../../source/text/clean.ts'
import { recorded } from './recorded.ts'

const door = (name: string, protocol: ServiceDoor['protocol'], port: number): ServiceDoor => ({
  name: clean(name),
  protocol,
  port,
  nodePort: 0,
})

const known = [
  ['payments/shop', door('http', 'tcp', 80), 'MBPW3GG7TM37VYLW', 'ATEZ7YZM-payments/shop/tcp/http'],
  ['payments/shop-outside', door('http', 'tcp', 80), 'FQJRONML6U6FNHGZ', 'RQICT6OM-payments/shop-outside/tcp/http'],
  ['default/kubernetes', door('https', 'tcp', 443), 'NPX46M4PTMTKRN6Y', '2QRHZV4L-default/kubernetes/tcp/https'],
  ['kube-system/kube-dns', door('dns', 'udp', 53), 'TCOU7JCQXEZGVUNU', 'FY5PMXPG-kube-system/kube-dns/udp/dns'],
  ['kube-system/kube-dns', door('dns-tcp', 'tcp', 53), 'ERIFXISQEP7F7OF4', 'NWBZK7IH-kube-system/kube-dns/tcp/dns-tcp'],
] as const

test.each(known)('chains of %s bear the names that kube-proxy gave them', (id, port, hash, base) => {
  const service = { id: id as ServiceId }
  expect(iptablesHash(service, port)).toBe(hash)
  expect(nftablesBase(service, port)).toBe(base)
  expect(recorded('rules-iptables.txt').some((line) => line.startsWith(`-A KUBE-SVC-${hash} `))).toBe(true)
  expect(recorded('rules-nftables.txt').some((line) => line.trim() === `chain service-${base} {`)).toBe(true)
})

// The port without a name of a service ns1/svc1, from the tests of kube-proxy itself (proxier_test.go).
test('a port without a name has none in its chain', () => {
  expect(iptablesHash({ id: 'default/kubernetes' as ServiceId }, door('', 'tcp', 443))).not.toBe(
    iptablesHash({ id: 'default/kubernetes' as ServiceId }, door('https', 'tcp', 443)),
  )
  expect(nftablesBase({ id: 'ns1/svc1' as ServiceId }, door('p80', 'tcp', 80))).toBe('ULMVA6XW-ns1/svc1/tcp/p80')
  expect(iptablesHash({ id: 'ns1/svc1' as ServiceId }, door('p80', 'tcp', 80))).toBe('XPGD46QRK7WJZT7O')
})
