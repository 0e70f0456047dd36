import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import { type Inquiry, inquiryKey } from '../../source/events/inquiry.ts'
import type { RulesLook } from '../../source/events/looks.ts'
import type { ServiceId } from '../../source/events/names.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'
import type { Driver } from './driver.ts'
import { lacking, podRecord, put, serviceRecord, sliceRecord, source } from './kubernetes.ts'
import { footing, rulesLook } from './looks.ts'
import { command, front, large, opened, small, watched } from './pod-opened.ts'

const endpoint = (address: string, more: { readonly ready?: boolean; readonly terminating?: boolean } = {}) => ({
  address: clean(address),
  ready: more.ready ?? true,
  terminating: more.terminating ?? false,
  node: 'worker-1' as NodeName,
  pod: address === '10.1.0.7' ? front.id : undefined,
})

const slice = (service: string, ...endpoints: readonly ReturnType<typeof endpoint>[]) =>
  put('endpointslice', { ...sliceRecord(service, 0), endpoints })

/** A pod that two services choose, in the tab of its rules. */
const atRules = (terminal = small): Driver => {
  const at = opened(terminal)
  at.say(
    put('service', serviceRecord('web/front', { clusterAddresses: ['10.96.1.1' as Address] })),
    put('service', serviceRecord('web/other', { clusterAddresses: ['10.96.1.2' as Address] })),
    put('service', serviceRecord('web/peers', { clusterAddresses: [], headless: true })),
    slice('web/front', endpoint('10.1.0.7'), endpoint('10.1.0.8')),
    slice('web/other', endpoint('10.1.0.7')),
  )
  command(at, 'rules')
  return at
}

/** The node answers what is asked of it. */
const answer = (at: Driver, look: RulesLook = rulesLook()): void => {
  const [inquiry = expect.fail('nothing is asked')] = at.asks
  at.say({ type: 'report', key: inquiryKey(inquiry), report: { state: 'live', at: at.now * 1000, look } })
}

const refuse = (at: Driver, cause: string): void => {
  const [inquiry = expect.fail('nothing is asked')] = at.asks
  at.say({ type: 'report', key: inquiryKey(inquiry), report: { state: 'refused', cause: clean(cause) } })
}

/** They are taken once more, and the node answers. */
const takeAgain = (at: Driver, look?: RulesLook): void => {
  at.wait(1)
  at.press('r')
  answer(at, look)
}

const services = (asks: readonly Inquiry[]) => asks.map(({ service, place }) => [service?.id, place.kind])

describe('rules', () => {
  test('of a service that was named for one pod are not those of another that is opened from there', () => {
    const at = atRules()
    at.say(put('pod', podRecord('web/alone', { node: front.node, containers: front.containers })))
    command(at, 'rules web/peers')
    at.sees('web/peers')
    command(at, 'pod web/alone')
    expect(at.title).toMatch('pod(web/alone) rules')
    at.sees('no service chooses this pod; :rules NAMESPACE/SERVICE names one')
    at.seesNot('web/peers')
  })

  test('are taken on a key and never by themselves, of the first service that chooses the pod', () => {
    const at = atRules()
    at.sees('r takes the rules of web/front on worker-1, once')
    expect(at.asks).toEqual([])
    at.press('r')
    expect(services(at.asks)).toEqual([['web/front', 'host']])
    answer(at)
    expect(at.asks).toEqual([])
    at.sees(
      /taken 0s ago; r takes it again +of worker-1, seen as root/,
      'Service      web/front 10.96.1.1 80/tcp (1 of 2, v shows the next)',
      'Served by    kube-proxy in iptables mode, which is nft below',
      /10\.1\.0\.7:8080 +web\/front-x2x4z +50% +ready/,
      '1 backends 2',
      '2 rules 3',
    )
    at.wait(60)
    at.sees('taken 60s ago')
    at.seesNot('no more since')
  })

  test('are taken again with r, and what was seen stays meanwhile', () => {
    const at = atRules()
    at.press('r')
    answer(at)
    at.wait(5)
    at.press('r')
    at.sees('and just being taken again', /10\.1\.0\.7:8080/)
    expect(at.asks).toHaveLength(1)
    answer(at)
    at.sees('taken 0s ago')
  })

  test('stay, with the reason, where they cannot be taken again', () => {
    const at = atRules()
    at.press('r')
    answer(at)
    at.wait(5)
    at.press('r')
    refuse(at, 'the look broke off, with status 2')
    at.sees('no more since: the look broke off', /10\.1\.0\.7:8080/)
  })

  test('v goes to the next service that chooses the pod', () => {
    const at = atRules()
    at.press('v')
    at.sees('r takes the rules of web/other on worker-1')
    at.press('r')
    expect(services(at.asks)).toEqual([['web/other', 'host']])
    at.press('v')
    expect(at.asks).toEqual([])
  })

  test(':rules NAMESPACE/SERVICE takes any service, also on a node itself', () => {
    const at = atRules()
    command(at, 'rules kube-system/kube-dns')
    at.sees('r takes the rules of kube-system/kube-dns on worker-1')
    command(at, 'rules kube-system/nobody')
    at.sees('no such service or pod is known')
    const host = watched()
    command(host, 'nodes')
    host.press('h')
    command(host, 'rules')
    host.sees('whose rules? :rules NAMESPACE/SERVICE names one')
    command(host, 'rules kube-system/kube-dns')
    host.press('r')
    expect(services(host.asks)).toEqual([['kube-system/kube-dns', 'host']])
  })

  test('of a service without an address are not asked for', () => {
    const at = atRules()
    command(at, 'rules web/peers')
    at.sees('web/peers is headless: no node has rules for it')
    at.press('r')
    expect(at.asks).toEqual([])
  })

  test('of a pod that no service chooses are named', () => {
    const at = opened()
    command(at, 'rules')
    at.sees('no service chooses this pod; :rules NAMESPACE/SERVICE names one')
  })

  test('that lead to an endpoint that is not ready, or is gone, are marked', () => {
    const at = atRules(large)
    at.press('r')
    answer(at)
    at.seesNot('Mismatch')
    at.say(slice('web/front', endpoint('10.1.0.8', { ready: false })))
    takeAgain(at)
    at.sees(
      'Mismatch     rules lead to 10.1.0.7:8080 (gone), 10.1.0.8:8080 (not ready)',
      /10\.1\.0\.8:8080 .* not ready/,
    )
  })

  test('are not held against endpoints that have changed since: those that were taken are out of date', () => {
    const at = atRules(large)
    at.press('r')
    answer(at)
    at.say(slice('web/front', endpoint('10.1.0.8'), endpoint('10.1.0.7')))
    at.seesNot('Outdated')
    at.say(slice('web/front', endpoint('10.1.0.8')))
    at.sees('Outdated     the endpoints have changed since this was taken', /10\.1\.0\.7:8080 .* gone/)
    at.seesNot('Mismatch')
    takeAgain(at)
    at.sees('Mismatch     rules lead to 10.1.0.7:8080 (gone)')
    at.seesNot('Outdated')
  })

  test('that lead to endpoints that end are right where no other is left', () => {
    const at = atRules(large)
    at.press('r')
    answer(at)
    const ending = { ready: false, terminating: true }
    at.say(slice('web/front', endpoint('10.1.0.7', ending), endpoint('10.1.0.8', ending)))
    at.sees(/10\.1\.0\.7:8080 .* ending/)
    at.seesNot('Mismatch')
    at.say(slice('web/front', endpoint('10.1.0.7', ending), endpoint('10.1.0.8')))
    takeAgain(at)
    at.sees('rules lead to 10.1.0.7:8080 (ending)')
  })

  test('that leave out a ready endpoint say so', () => {
    const at = atRules(large)
    at.press('r')
    answer(at)
    at.say(slice('web/front', endpoint('10.1.0.7'), endpoint('10.1.0.8'), endpoint('10.1.0.9')))
    takeAgain(at)
    at.sees('Mismatch     no rule leads to 10.1.0.9, which the records call ready')
  })

  test('are held against nothing where endpoints may not be read', () => {
    const at = atRules(large)
    at.press('r')
    answer(at)
    at.say(source('endpointslices', 'denied'), slice('web/front'))
    at.sees(/10\.1\.0\.7:8080 .* \? /)
    at.seesNot('Mismatch')
  })

  test('tell of affinity, of what is masqueraded, and show each rule', () => {
    const at = atRules(large)
    at.press('r')
    answer(at, rulesLook({ affinity: 10_800 }))
    at.sees(
      /Affinity +a client address stays with its backend for 3h/,
      'Masquerade   ! -s 10.1.0.0/16 -d 10.96.1.1/32 -p tcp -m tcp --dport 80',
    )
    at.press('2')
    at.sees(/KUBE-SVC-MBPW3GG7TM37VYLW +.*-j KUBE-SEP-A/)
  })

  test('of Cilium are its entries, held against the records as those of kube-proxy are', () => {
    const at = atRules(large)
    at.press('r')
    const [seven, eight] = rulesLook().backends
    const chain = clean('cilium_lb4_services_v2 10.96.1.1 . tcp . 80')
    const element = { family: 4, map: clean('cilium_lb4_services_v2'), key: clean('10.96.1.1 . tcp . 80') } as const
    const both = [seven, eight].flatMap((backend) => (backend === undefined ? [] : [{ ...backend, chain }]))
    const elements = [{ ...element, verdict: clean('2 backends: 5, 9') }]
    const look = rulesLook({ way: 'cilium', backends: both, elements, rules: [], affinity: 60 })
    answer(at, look)
    at.sees('Served by    Cilium, by entries of its BPF maps', /10\.1\.0\.7:8080 .* ready/, 'for 60s')
    at.seesNot('Masquerade', 'Mismatch')
    at.press('2')
    at.sees(/cilium_lb4_services_v2 +10\.96\.1\.1 \. tcp \. 80 : 2 backends: 5, 9/)
    at.say(slice('web/front', endpoint('10.1.0.8'), endpoint('10.1.0.9')))
    takeAgain(at, look)
    at.sees(/Mismatch +Cilium's entries lead to 10\.1\.0\.7:8080 \(gone\)/, /no entry leads to 10\.1\.0\.9/)
  })

  test('of Cilium that redirect to a pod of this node need not lead to an endpoint', () => {
    const at = atRules(large)
    at.press('r')
    const backends = rulesLook().backends.map((backend) => ({ ...backend, isRedirect: true as const }))
    answer(at, rulesLook({ way: 'cilium', backends, rules: [] }))
    at.say(slice('web/front', endpoint('10.1.0.9')))
    at.sees(/10\.1\.0\.7:8080 .* redirect/)
    at.seesNot('Mismatch')
  })

  test('of Cilium without a backend are told as refused', () => {
    const at = atRules(large)
    at.press('r')
    const key = clean('10.96.1.1 . tcp . 80')
    const element = { family: 4, map: clean('cilium_lb4_services_v2'), key, verdict: clean('no backend') } as const
    answer(at, rulesLook({ way: 'cilium', backends: [], elements: [element], rules: [] }))
    at.sees('Refused      10.96.1.1 . tcp . 80 : no backend (cilium_lb4_services_v2)')
  })

  test('that are not there are said to be missing; without root so is the command', () => {
    const at = atRules(large)
    at.press('r')
    const none = { way: 'none', backends: [], rules: [] } as const
    answer(at, rulesLook(none))
    at.sees('Served by    nobody here: no rule of this service is on this node')
    at.say(source('endpointslices', 'denied', { lacking: [lacking('list endpointslices')] }))
    at.sees(/Served by +nobody here: .*; whether an endpoint\s+is ready is not known/)
    at.press('r')
    at.wait(1)
    at.press('r')
    const lack = { what: clean('the rules of this service'), advice: clean('it takes root') }
    answer(at, rulesLook({ ...none, footing: footing({ right: 'user' }), lacks: [lack] }))
    at.sees('Served by    whom is told to root only', 'the rules of this service: it takes root')
  })

  test('x shows what a person would type', () => {
    const at = atRules()
    at.press('r')
    answer(at)
    at.press('x')
    at.sees('On worker-1, as root:', 'iptables-nft -t nat -S KUBE-SVC-MBPW3GG7TM37VYLW')
    expect(at.asks).toEqual([])
    at.press('esc')
    at.sees('taken 0s ago')
  })

  test('are those of a service by its ports: with others they are taken anew', () => {
    const at = atRules()
    at.press('r')
    answer(at)
    const ports = [{ name: clean('http'), protocol: clean('TCP'), port: 81, nodePort: 0 }]
    at.say(put('service', serviceRecord('web/front', { clusterAddresses: ['10.96.1.1' as Address], ports })))
    at.sees('waits for the first answer of worker-1')
    expect(at.asks[0]?.service?.id).toBe('web/front' as ServiceId)
  })
})
