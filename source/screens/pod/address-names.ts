import { isWhole } from '../../interface/cluster/sources.ts'
import { addressIn, type Known } from '../../store/known.ts'
import { type Clean, clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'

const unspecified: ReadonlySet<string> = new Set(['', '*', '0.0.0.0', '::'])

const ofItself = /^(127\.|::1$)/
const linkLocal = /^(169\.254\.|fe[89ab][0-9a-f]:)/
const multicast = /^(22[4-9]\.|23\d\.|ff[0-9a-f]{2}:)/

/**
 * Who has an address, by what the API server tells: `pod web/a`, `service kube-system/kube-dns`, `node worker-1`. `external`
 * only where all pods, services and nodes are known; `?`: it may be anybody's. Empty: it is nobody's in particular, or no
 * cluster is watched.
 */
export const ownerOf = (known: Known, text: Clean): Segment => {
  const plain = (words: string): Segment => ({ text: clean(words), style: 'plain' })
  const dim = (words: string): Segment => ({ text: clean(words), style: 'dim' })
  const address = addressIn(text)
  if (address === undefined || unspecified.has(address)) return dim('')
  if (ofItself.test(address)) return dim('itself')
  if (multicast.test(address)) return dim('multicast')
  const { podAt, serviceAt, nodeAt } = known.records.relations
  const service = serviceAt(address)
  if (service !== undefined) return plain(`service ${service}`)
  const pod = podAt(address)
  if (pod !== undefined) return plain(`pod ${pod}`)
  const node = nodeAt(address)
  if (node !== undefined) return plain(`node ${node}`)
  if (linkLocal.test(address)) return dim('link-local')
  if (known.cluster === undefined) return dim('')
  const isAllKnown = (['pods', 'services', 'nodes'] as const).every((resource) => isWhole(known, resource))
  return isAllKnown ? dim('external') : { text: clean('?'), style: 'missing' }
}

/** In few cells the name counts, and only that a service is none of the pods. */
export const fitOwner = (owner: Segment, width: number): Segment =>
  owner.text.length <= width
    ? owner
    : { ...owner, text: clean(owner.text.replace(/^pod /, '').replace(/^service /, 'svc ')) }

/** The same of an address on a link: one that no object of the cluster has is no stranger there, but not known. */
export const neighbourOf = (known: Known, address: Clean): Segment => {
  const owner = ownerOf(known, address)
  return owner.text === 'external' ? { text: clean(''), style: 'dim' } : owner
}

const beside = (address: Clean, { text }: Segment): string =>
  text === '' || text === '?' ? address : `${address} (${text})`

/** An address with who has it, where that is known: `10.96.0.10 (service kube-system/kube-dns)`. */
export const withOwner = (known: Known, address: Clean): string => beside(address, ownerOf(known, address))

export const withNeighbour = (known: Known, address: Clean): string => beside(address, neighbourOf(known, address))

/** `10.0.0.7:443`, `[fd00::1]:443`; port 0 is any, and written so. */
export const endpointWords = (address: string, port: number): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port === 0 ? '*' : port}`
