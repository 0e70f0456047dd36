import type { Address } from '../../../source/events/address.ts'
import type { ServicePlace } from '../../../source/events/look-rules.ts'
import type { ServiceId } from '../../../source/events/names.ts'
import { clean } from '../../../source/text/clean.ts'
import { recorded } from './recorded.ts'

/** A service of the lab as it was when its rules were recorded. */
export const shopOutside = (addresses: readonly string[], nodePort: number): ServicePlace => ({
  id: 'payments/shop-outside' as ServiceId,
  addresses: addresses.map((address) => address as Address),
  doors: [{ name: clean('http'), protocol: 'tcp', port: 80, nodePort }],
})

export const byIptables = shopOutside(['10.93.206.253', 'fd93::2970'], 30859)
export const byNftables = shopOutside(['10.93.28.108', 'fd93::999a'], 32056)

/** What the script tells of recorded chains of iptables: of every service, which a node would not. */
export const iptablesSections = (): ReadonlyMap<string, readonly string[]> => {
  const sections = new Map<string, string[]>([
    ['others', []],
    ['way iptables-nft ip', []],
    ['way iptables-nft ip6', []],
  ])
  for (const [file, tool] of [
    ['rules-iptables.txt', 'iptables-nft'],
    ['rules-ip6tables.txt', 'ip6tables-nft'],
  ] as const)
    for (const line of recorded(file)) {
      const name = `chain ${tool} ${line.split(' ')[1]}`
      sections.set(name, [...(sections.get(name) ?? []), line])
    }
  return sections
}

/** The lines of a chain or map of a recorded table, as nft lists one alone. */
const partOf = (family: 'ip' | 'ip6', head: string): readonly string[] => {
  const lines = recorded('rules-nftables.txt')
  const table = lines.indexOf(`table ${family} kube-proxy {`)
  const from = lines.indexOf(`\t${head} {`, table)
  return [lines[table] ?? '', ...lines.slice(from, lines.indexOf('\t}', from) + 1), '}']
}

export const nftablesSections = (): ReadonlyMap<string, readonly string[]> => {
  const base = 'RQICT6OM-payments/shop-outside/tcp/http'
  const element = (line: string): string =>
    line
      .trim()
      .replace(/^elements = \{ /, '')
      .replace(/,$| \}$/, '')
      .replaceAll(' . ', '_')
  return new Map<string, readonly string[]>([
    ['others', []],
    ...(['ip', 'ip6'] as const).flatMap((family): readonly (readonly [string, readonly string[]])[] => [
      [`way nftables ${family}`, []],
      [`map ${family} service-ips`, partOf(family, 'map service-ips').map(element)],
      [`map ${family} service-nodeports`, partOf(family, 'map service-nodeports').map(element)],
      [`chain ${family} service-${base}`, partOf(family, `chain service-${base}`)],
      [`chain ${family} external-${base}`, partOf(family, `chain external-${base}`)],
    ]),
  ])
}
