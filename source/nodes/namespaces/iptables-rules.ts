import { type Address, parseAddress } from '../../events/address.ts'

/** What matters of a rule of kube-proxy in iptables mode. */
export interface IptablesRule {
  readonly chain: string
  /** Where it leads; empty: nowhere. */
  readonly target: string
  /** Of those packets that come so far, 0 to 1. */
  readonly probability: number
  /** Seconds for which it finds a client again; undefined: it is not about that. */
  readonly recent: number | undefined
  /** Where it sends packets to. */
  readonly destination: { readonly address: Address; readonly port: number } | undefined
}

/** Words as the shell would part them: what stands between quotes is one. */
const wordsOf = (line: string): readonly string[] =>
  Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '')

const after = (words: readonly string[], ...options: readonly string[]): string | undefined => {
  const at = words.findIndex((word) => options.includes(word))
  return at < 0 ? undefined : words[at + 1]
}

/** `10.1.0.7:8080`, `[fd00::7]:8080`; undefined: it is none. */
export const destinationOf = (text: string): IptablesRule['destination'] => {
  const [, plain, bracketed, port] = /^(?:([0-9.]+)|\[([0-9a-f:.]+)\]):(\d{1,5})$/i.exec(text) ?? []
  const address = parseAddress(plain ?? bracketed ?? '')
  return address === undefined || Number(port) > 65_535 ? undefined : { address, port: Number(port) }
}

/** Reads a line of `iptables -S`; undefined for one that is no rule. */
export const iptablesRuleIn = (line: string): IptablesRule | undefined => {
  const words = wordsOf(line)
  const [add, chain] = words
  if (add !== '-A' || chain === undefined) return undefined
  const probability = Number(after(words, '--probability') ?? 1)
  const destination = after(words, '--to-destination')
  return {
    chain,
    target: after(words, '-j', '-g') ?? '',
    probability: probability >= 0 && probability <= 1 ? probability : 1,
    recent: words.includes('--rcheck') ? Number(after(words, '--seconds') ?? 0) || 0 : undefined,
    destination: destination === undefined ? undefined : destinationOf(destination),
  }
}

/** A chain that another one leads to, with its share of the packets that enter the first. */
export interface Leading {
  readonly chain: string
  readonly share: number
}

/**
 * Which chains the rules of one lead to, and how often: each rule takes its part of what the rules before it left. Those by
 * which a client is found again come on top and take no share of new clients.
 */
export const leadingFrom = (rules: readonly IptablesRule[], chain: string, prefix: string): readonly Leading[] => {
  let left = 1
  return rules.flatMap((rule) => {
    if (rule.chain !== chain || rule.recent !== undefined || !rule.target.startsWith(prefix)) return []
    const share = left * rule.probability
    left -= share
    return [{ chain: rule.target, share }]
  })
}
