import type { ResolverLook } from '../../../events/looks.ts'
import { withOwner } from '../address-names.ts'
import { type Fact, type Setting, tab } from '../tab.ts'

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** resolv.conf(5): what `ndots` and `search` do to a name, in words. */
const ndotsFact = ({ ndots, searches }: ResolverLook): Fact => {
  const label = 'Names'
  if (searches.length === 0) return { label, text: 'every name is asked as it is: there are no search domains' }
  const domains = plural(searches.length, 'search domain')
  if (ndots === 0) return { label, text: `every name is first asked as it is, then with each of ${domains} (ndots 0)` }
  const questions = 2 * (searches.length + 1)
  return {
    label,
    text:
      `a name with fewer than ${plural(ndots, 'dot')} is asked with each of ${domains} before it is asked as it is (ndots ${ndots}): ` +
      `up to ${questions} questions, A and AAAA, for one name outside of the cluster. A dot at the end of a name keeps the search away`,
    style: ndots > 1 ? 'note' : 'plain',
  }
}

const patienceFact = ({ servers, timeout, attempts }: ResolverLook): Fact => ({
  label: 'Patience',
  text: `${timeout} s for each server, ${plural(attempts, 'round')} over all: a question that nobody answers fails after ${timeout * attempts * Math.max(1, servers.length)} s`,
})

const serverFact = ({ servers }: ResolverLook, { snapshot }: Setting): Fact =>
  servers.length === 0
    ? { label: 'Servers', text: 'none is named: then it is the one on the loopback address', style: 'warning' }
    : { label: 'Servers', text: servers.map((server) => withOwner(snapshot, server)).join(', then ') }

/** How names become addresses there. */
export const dnsTab = tab<ResolverLook>({
  name: 'dns',
  purpose: 'name servers and search domains of a pod or a host, and what they mean',
  facts: (look, setting) => [
    serverFact(look, setting),
    { label: 'Search', text: look.searches.join(' ') || 'none' },
    ndotsFact(look),
    patienceFact(look),
    ...(look.options.length === 0 ? [] : [{ label: 'Options', text: look.options.join(' ') }]),
    ...look.notes.map((text): Fact => ({ label: 'Note', text, style: 'note' })),
    { label: 'File', text: look.file, style: 'dim' },
  ],
  lists: [],
})
