import { describe, expect, test } from 'vitest'
import { classify, type Role, type Vantage } from '../../../source/nodes/dns/classify.ts'

const node = '192.0.2.1'
const pod = '10.244.1.2'
const coredns = '10.244.1.3'
const remotePod = '10.244.2.9'
const remoteDns = '10.244.2.3'
const service = '10.96.0.10'
const internet = '198.51.100.53'

const neighbourhood = {
  own: (address: string) => [node, pod, coredns].includes(address),
  server: (address: string) => [coredns, '127.0.0.1'].includes(address),
}

describe('an answer', () => {
  test.each<[Vantage, string, string, Role | undefined, string]>([
    ['loopback', '127.0.0.1', '127.0.0.1', 'lookups', 'programs and their resolver share one address'],
    ['loopback', '127.0.0.53', '127.0.0.1', 'lookups', 'systemd-resolved'],
    ['loopback', node, node, 'lookups', 'a resolver on an address of the node'],
    ['loopback', '::1', '::1', 'lookups', 'IPv6'],
    ['loopback', internet, remotePod, undefined, 'not ours at either end'],
    ['pods', service, pod, 'lookups', 'a pod through the service address'],
    ['pods', coredns, pod, 'lookups', 'a pod and CoreDNS on one node'],
    ['pods', '169.254.20.10', pod, 'lookups', 'node-local-dns'],
    ['pods', coredns, node, 'lookups', 'a program of the host'],
    ['pods', coredns, remotePod, 'served', 'a pod of another node'],
    ['pods', internet, coredns, 'upstream', 'what CoreDNS forwarded'],
    ['pods', remoteDns, remotePod, undefined, 'passing by'],
    ['uplink', remoteDns, pod, 'lookups', 'a pod whose server is elsewhere'],
    ['uplink', internet, node, 'lookups', 'the host, or a pod behind its address'],
    ['uplink', internet, coredns, 'upstream', 'a forwarder here'],
    ['uplink', coredns, remotePod, 'served', 'a client elsewhere'],
    ['uplink', internet, remotePod, undefined, 'routed through'],
  ])('at %s from %s to %s is %s: %s', (vantage, server, client, role) => {
    expect(classify(vantage, server, client, neighbourhood)).toBe(role)
  })
})
