import type { ResolverLook } from '../../../events/looks.ts'
import { segment } from '../../../interface/lines.ts'
import { lookupsOf } from '../../../metrics/lookups-of-name.ts'
import { type Clean, clean } from '../../../text/clean.ts'
import { formatAge } from '../../../text/units.ts'
import { withOwner } from '../address-names.ts'
import { figures, type ItemColumn, listOf, words } from '../list.ts'
import { type Looked, liveFacts, lookedUp, lookupsRestOn } from '../lookups.ts'
import { type Fact, type Setting, tab } from '../tab.ts'

/** Reserved for examples (RFC 2606), and outside of every cluster. */
const example = clean('example.com')

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** resolv.conf(5): what `ndots` and `search` do to a name, in words. */
const ndotsWords = ({ ndots, searches }: ResolverLook): string => {
  if (searches.length === 0) return 'every name is asked for as it is: there are no search domains'
  const domains = plural(searches.length, 'search domain')
  return ndots === 0
    ? `every name is asked for as it is, then in each of ${domains} (ndots 0)`
    : `one of fewer than ${plural(ndots, 'dot')} is first asked for in each of ${domains} (ndots ${ndots}); one that ends with a dot is not`
}

const patienceWords = ({ servers, timeout, attempts }: ResolverLook): string =>
  `${timeout} s a server, ${plural(attempts, 'round')}: it fails after ${timeout * attempts * Math.max(1, servers.length)} s without an answer`

const serverFact = ({ servers }: ResolverLook, { known }: Setting): Fact =>
  servers.length === 0
    ? { label: 'Servers', text: 'none is named: then it is 127.0.0.1', style: 'warning' }
    : { label: 'Servers', text: servers.map((server) => withOwner(known, server)).join(', then ') }

/** Those of which nothing was said yet. */
const optionFacts = ({ options }: ResolverLook): readonly Fact[] => {
  const others = options.filter((option) => !/^(ndots|timeout|attempts):/.test(option))
  return others.length === 0 ? [] : [{ label: 'Options', text: others.join(' ') }]
}

/** What programs linked with musl do otherwise. */
const muslFacts = (name: Clean, look: ResolverLook, queries: number): readonly Fact[] => {
  const musl = lookupsOf(name, look, 'musl')
  if (musl.state === 'not-looked-up' || musl.queries === queries) return []
  return [{ label: 'musl', text: `in an image of Alpine it is ${plural(musl.queries, 'query', 'queries')}` }]
}

const lookupFacts = (look: ResolverLook, { lookup, isPrinted }: Setting): readonly Fact[] => {
  const name = lookup ?? example
  const how = lookup === undefined && !isPrinted ? ' (:dns NAME shows another)' : ''
  const sent = lookupsOf(name, look)
  if (sent.state === 'not-looked-up') return [{ label: 'Lookup', text: `${name} sends nothing: ${sent.why}` }]
  const types = sent.types.join(' and ')
  const order = sent.names.length === 1 ? '' : ', until one has an address'
  return [
    {
      label: 'Lookup',
      text: `${name}${how}: up to ${plural(sent.queries, 'query', 'queries')}, ${sent.most} if servers fail; ${types} of each${order}:`,
      style: sent.names.length > 1 ? 'note' : 'plain',
    },
    ...sent.names.map((one): Fact => ({ label: '', text: one })),
    ...muslFacts(name, look, sent.queries),
  ]
}

const nameOf = ({ name }: Looked): Clean => (name === '' ? clean('(all other names)') : name)

const perSecond = ({ count, seconds }: Looked): number | undefined => (seconds > 0 ? count / seconds : undefined)

const nxdomainShare = ({ count, nxdomain }: Looked): number | undefined =>
  nxdomain === undefined || count === 0 ? undefined : (100 * nxdomain) / count

const columns: readonly ItemColumn<Looked>[] = [
  words({ id: 'name', heading: 'LOOKED UP', width: 24, most: 120, priority: 0 }, (item) =>
    segment(nameOf(item), item.name === '' ? 'dim' : 'plain'),
  ),
  figures({ id: 'rate', heading: 'PER S', width: 6, priority: 1, unit: 'count' }, perSecond),
  figures({ id: 'nxdomain', heading: 'NXDOM%', width: 6, priority: 2, unit: 'count' }, nxdomainShare),
  figures({ id: 'answers', heading: 'ANSWERS', width: 7, priority: 3, unit: 'count' }, ({ count }) => count),
  figures({ id: 'window', heading: 'IN', width: 5, priority: 4, unit: 's' }, ({ seconds }) => seconds),
]

const lookups = listOf<ResolverLook, Looked>({
  title: 'lookups',
  items: (_, { snapshot, target }) => lookedUp(snapshot, target),
  idOf: nameOf,
  columns,
  // The busiest first, and those of which no name is known last.
  rank: ({ name, count }) => (name === '' ? 1 : -count),
  words: (item) => [
    nameOf(item),
    `${item.count} answers in ${formatAge(item.seconds)}`,
    `${item.nxdomain ?? '-'} NXDOMAIN`,
  ],
  empty: 'no lookup was seen',
})

/** How names become addresses there, and which are asked for. */
export const dnsTab = tab<ResolverLook>({
  name: 'dns',
  purpose: 'name servers and lookups of a pod or a host; :dns NAME what is sent',
  argument: (typed) => ({ lookup: clean(typed) }),
  facts: (look, setting) => [
    serverFact(look, setting),
    ...liveFacts(setting.snapshot, setting.target),
    { label: 'Search', text: look.searches.join(' ') || 'none' },
    { label: 'Names', text: ndotsWords(look) },
    ...lookupFacts(look, setting),
    ...look.notes.map((text): Fact => ({ label: 'Note', text, style: 'note' })),
    ...optionFacts(look),
    { label: 'Patience', text: patienceWords(look) },
    { label: 'File', text: look.file, style: 'dim' },
  ],
  lists: [lookups],
  restsOn: ({ snapshot, target }) => lookupsRestOn(snapshot, target),
})
