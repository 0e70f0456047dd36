import { parseAddress } from '../../events/address.ts'
import { destinationOf, type IptablesRule } from './iptables-rules.ts'

type Destination = NonNullable<IptablesRule['destination']>

/** Where a rule of a chain of kube-proxy's in nftables mode sends new connections; each choice as often as the others. */
export interface NftChoice {
  readonly share: number
  /** The chain that it goes to, where it does not send them by itself. */
  readonly chain: string | undefined
  readonly destination: Destination | undefined
}

const pair = (text: string): Destination | undefined => {
  const [, host = '', port] = /^(\S+) \. (\d{1,5})$/.exec(text) ?? []
  const address = parseAddress(host)
  return address === undefined || Number(port) > 65_535 ? undefined : { address, port: Number(port) }
}

/** Elements `0 : goto endpoint-X`, `0 : 10.1.0.7 . 8080` of a map within a rule. */
const choicesIn = (elements: string): readonly NftChoice[] => {
  const values = elements.split(',').flatMap((element) => {
    const at = element.indexOf(' : ')
    return at < 0 ? [] : [element.slice(at + 3).trim()]
  })
  return values.map((value) => {
    const chain = /^(?:goto|jump) (\S+)$/.exec(value)?.[1]
    return { share: 1 / values.length, chain, destination: chain === undefined ? pair(value) : undefined }
  })
}

/**
 * Where a rule sends new connections, as nft prints it: a choice by chance (`numgen random mod 3 vmap { ... }`, in newer versions
 * `dnat ip to numgen random mod 3 map { ... }`), one endpoint (`dnat to 10.1.0.7:8080`), or another chain. A rule for clients that
 * are known already (`ip saddr @affinity-...`) sends no new ones.
 */
export const choicesOf = (rule: string): readonly NftChoice[] => {
  if (rule.includes('@affinity-')) return []
  const map = /numgen random mod \d+ v?map \{([^{}]*)\}/.exec(rule)?.[1]
  if (map !== undefined) return choicesIn(map)
  const single = /\bdnat (?:ip6? )?to (\S+)$/.exec(rule)?.[1]
  const destination = single === undefined ? undefined : destinationOf(single)
  if (destination !== undefined) return [{ share: 1, chain: undefined, destination }]
  const chain = /^goto (\S+)$/.exec(rule)?.[1]
  return chain === undefined ? [] : [{ share: 1, chain, destination: undefined }]
}

/** The rules in what `nft list chain` prints: lines two deep, without what begins and ends the chain. */
export const nftRulesIn = (lines: readonly string[]): readonly string[] => {
  // A map within a rule may go over several lines.
  const text = lines.join('\n').replaceAll(/,\n\s+/g, ', ')
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '}' && !/^(table|chain|comment) .*[{"]$/.test(line))
}

/** An element as the script leaves it: `10.96.0.10_tcp_53 : goto service-X`, with a comment or without. */
export const elementIn = (line: string): { readonly key: string; readonly verdict: string } | undefined => {
  const [, key, verdict] = /^(?:elements = )?([0-9a-z.:_]+)(?: comment "[^"]*")? : (\S.*)$/.exec(line.trim()) ?? []
  return key === undefined || verdict === undefined ? undefined : { key, verdict }
}
