import { type Clean, clean } from '../text/clean.ts'

/** What a resolv.conf sets of how a name is looked up. */
export interface ResolverRules {
  readonly servers: readonly Clean[]
  /** Domains that are put behind a name, in their order. */
  readonly searches: readonly Clean[]
  readonly ndots: number
  /** Rounds over all servers. */
  readonly attempts: number
  readonly options: readonly Clean[]
}

/** What a program is linked with: `musl` is Alpine's. */
export type Library = 'glibc' | 'musl'

/** Why nothing is sent for a name: it is an address, or no name of DNS. */
export interface NotLookedUp {
  readonly state: 'not-looked-up'
  readonly why: Clean
}

/** What is sent for a name, whose first answer with an address ends it. */
export interface LookedUp {
  readonly state: 'looked-up'
  /** Asked for one after the other, each ending with a dot: the first that has an address is the answer. */
  readonly names: readonly Clean[]
  readonly types: readonly ('A' | 'AAAA')[]
  /** Queries if each is answered at once, and only the last name has an address. */
  readonly queries: number
  /** Queries at most, over UDP: each name fails at every server in every round until its last query is answered. */
  readonly most: number
}

export type LookupsOfName = NotLookedUp | LookedUp

/** A name of DNS has 253 characters, and 63 in each of its labels (RFC 1035, 2.3.4). */
const longest = 253
const isName = (name: string): boolean =>
  name.length <= longest && name.split('.').every((label) => label.length > 0 && label.length <= 63)

const isAddress = (name: string): boolean => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name) || name.includes(':')

const withoutDot = (name: string): string => (name.endsWith('.') ? name.slice(0, -1) : name)

/** The name with each search domain; `.` in the list means the name as it is. */
const searched = (name: string, searches: readonly string[]): readonly string[] =>
  searches.map((domain) => {
    const behind = withoutDot(domain.replace(/^\./, ''))
    return behind === '' ? name : `${name}.${behind}`
  })

/** All names in the order in which they are asked for. */
const order = (name: string, { searches, ndots, options }: ResolverRules, library: Library): readonly string[] => {
  const dots = name.split('.').length - 1
  if (name.endsWith('.')) return [withoutDot(name)]
  const inDomains = searched(name, searches)
  if (dots >= ndots) return library === 'musl' ? [name] : [name, ...inDomains.filter((other) => other !== name)]
  if (library === 'musl') return [...inDomains, name]
  // A search domain `.` has asked for it already; and with this option a name without a dot is never asked for alone.
  const asIs = !(
    inDomains.includes(name) ||
    (dots === 0 && searches.length > 0 && options.includes(clean('no-tld-query')))
  )
  return [...inDomains, ...(asIs ? [name] : [])]
}

/**
 * What `getaddrinfo` sends for a name, addresses of both families wanted and nothing in `/etc/hosts`. glibc's rule
 * (`__res_context_search` in resolv/res_query.c): a name that ends with a dot is asked for alone; one with at least `ndots`
 * dots first as it is, then in each search domain; any other in each search domain, then as it is. musl's
 * (`name_from_dns_search` in network/lookup_name.c) differs in one thing: from `ndots` dots on it does not search. It asks all
 * servers at once.
 */
export const lookupsOf = (name: Clean, rules: ResolverRules, library: Library = 'glibc'): LookupsOfName => {
  if (isAddress(name)) return { state: 'not-looked-up', why: clean('it is an address') }
  if (!isName(withoutDot(name))) return { state: 'not-looked-up', why: clean('it is no name of DNS') }
  const names = order(name, rules, library).filter(isName)
  const types =
    library === 'glibc' && rules.options.includes(clean('no-aaaa')) ? (['A'] as const) : (['A', 'AAAA'] as const)
  // Without a server in the file it is 127.0.0.1.
  const servers = Math.max(1, rules.servers.length)
  const queries = names.length * types.length
  return {
    state: 'looked-up',
    names: names.map((one) => clean(`${one}.`)),
    types,
    queries: library === 'musl' ? queries * servers : queries,
    most: queries * servers * Math.max(1, rules.attempts),
  }
}
