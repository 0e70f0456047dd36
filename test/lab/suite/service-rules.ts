import { expect } from 'vitest'
import type { Address } from '../../../source/events/address.ts'
import type { ServicePlace } from '../../../source/events/look-rules.ts'
import type { RulesLook } from '../../../source/events/looks.ts'
import type { ServiceId } from '../../../source/events/names.ts'
import { lookScript } from '../../../source/nodes/namespaces/find-script.ts'
import { footingOf } from '../../../source/nodes/namespaces/footing.ts'
import { isBlind } from '../../../source/nodes/namespaces/look-kind.ts'
import { rulesLook } from '../../../source/nodes/namespaces/rules.ts'
import { sectionsOf } from '../../../source/nodes/namespaces/sections.ts'
import { clean } from '../../../source/text/clean.ts'
import type { Lab } from '../cluster.ts'
import type { LabNode } from '../node.ts'

interface PortJson {
  readonly name?: string
  readonly protocol: string
  readonly port: number
  readonly nodePort?: number
}

export const serviceOf = async (lab: Lab, namespace: string, name: string): Promise<ServicePlace> => {
  const text = await lab.kubectl(['get', 'service', `--namespace=${namespace}`, name, '--output=json'])
  const { spec } = JSON.parse(text) as { spec: { clusterIPs: readonly Address[]; ports: readonly PortJson[] } }
  return {
    id: `${namespace}/${name}` as ServiceId,
    addresses: spec.clusterIPs,
    doors: spec.ports.map(({ name = '', protocol, port, nodePort = 0 }) => ({
      name: clean(name),
      protocol: protocol.toLowerCase() as 'tcp' | 'udp',
      port,
      nodePort,
    })),
  }
}

export const rulesOn = async (node: LabNode, service: ServicePlace, uid = 0): Promise<RulesLook> => {
  const place = { kind: 'host' } as const
  const { script, marker } = lookScript(rulesLook, place, undefined, rulesLook.words?.(service))
  const text = await node.run(['sh', '-c', `uid=${uid} LC_ALL=C; export LC_ALL\n${script.text}`, 'sh', ...script.args])
  const sections = sectionsOf(text, marker)
  const footing = footingOf(sections, place, 0)
  if ('cause' in footing) return expect.fail(footing.cause)
  const look = rulesLook.read({ service, footing, sections, place, cut: false }, undefined)
  return isBlind(look) ? expect.fail(look.cause) : look
}

/** Ready endpoints with their ports, as kubectl tells of them. */
const endpointsOf = async (lab: Lab, namespace: string, name: string): Promise<readonly string[]> => {
  const label = `--selector=kubernetes.io/service-name=${name}`
  const text = await lab.kubectl(['get', 'endpointslices', `--namespace=${namespace}`, label, '--output=json'])
  const { items } = JSON.parse(text) as {
    items: readonly {
      endpoints: readonly { addresses: readonly string[]; conditions: { ready: boolean } }[]
      ports: readonly { port: number }[]
    }[]
  }
  return items.flatMap(({ endpoints, ports }) =>
    endpoints
      .filter(({ conditions }) => conditions.ready)
      .flatMap(({ addresses }) => ports.map(({ port }) => `${addresses[0]} ${port}`)),
  )
}

/** What must not change by looking: legacy tables that there are, and all rules but for their counters. */
const tablesOf = (node: LabNode): Promise<string> =>
  node.run([
    'sh',
    '-c',
    'cat /proc/net/ip_tables_names /proc/net/ip6_tables_names 2>/dev/null; nft -s list ruleset | sed "s/counter packets [0-9]* bytes [0-9]*//"',
  ])

/** The tables once kube-proxy has written what it has to write: it does so within a second of what it hears. */
const calmTablesOf = async (node: LabNode): Promise<string> => {
  let before = await tablesOf(node)
  const isCalm = async (): Promise<boolean> => {
    const last = before
    before = await tablesOf(node)
    return before === last
  }
  await expect.poll(isCalm, { interval: 3000 }).toBe(true)
  return before
}

const isChain = (line: string): boolean => line.startsWith('-A ')

/** The services of the lab that have rules. */
export const services = [
  ['payments', 'shop'],
  ['payments', 'shop-outside'],
  ['kube-system', 'kube-dns'],
] as const

/**
 * Holds the rules of a service on a node against what iptables and nft print there, and against the endpoints that are ready.
 * Gives back by which way they were told.
 */
export const compareRules = async (
  lab: Lab,
  node: LabNode,
  [namespace, name]: (typeof services)[number],
): Promise<RulesLook['way']> => {
  const service = await serviceOf(lab, namespace, name)
  const before = await calmTablesOf(node)
  const look = await rulesOn(node, service)
  expect(await tablesOf(node)).toBe(before)
  const wanted = await endpointsOf(lab, namespace, name)
  const found = look.backends.map(({ address, port }) => `${address} ${port}`)
  expect(new Set(found)).toEqual(new Set(wanted))
  expect(look.unlisted).toBe(0)
  let compared = 0
  for (const command of look.byHand.filter((line) => line.includes('tables'))) {
    const chain = command.split(' ').at(-1) ?? ''
    const family = command.startsWith('ip6') ? 6 : 4
    const byHand = (await node.run(['sh', '-c', command])).split('\n').filter(isChain)
    const own = look.rules.filter((rule) => rule.chain === chain && rule.family === family)
    expect(own.map(({ text }) => text)).toEqual(byHand)
    compared += 1
  }
  for (const command of look.byHand.filter((line) => line.startsWith('nft list chain '))) {
    const [, , , family, , chain = ''] = command.split(' ')
    const byHand = await node.run(['sh', '-c', command])
    const own = look.rules.filter((rule) => rule.chain === chain && rule.family === (family === 'ip6' ? 6 : 4))
    expect(own.length).toBeGreaterThan(0)
    for (const { text } of own) expect(byHand).toContain(`\t\t${text}\n`)
    compared += 1
  }
  // All chains of which there are rules. One in each family leads to the endpoints; in iptables mode each of them has its own.
  const chains = new Set(look.rules.map(({ family, chain }) => `${family} ${chain}`))
  expect(compared).toBeGreaterThanOrEqual(chains.size)
  const families = new Set(service.addresses.map((address) => address.includes(':'))).size
  expect(compared).toBeGreaterThanOrEqual(families + (look.way === 'nftables' ? 0 : wanted.length))
  return look.way
}
