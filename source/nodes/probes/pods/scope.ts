import { type Clean, clean } from '../../../text/clean.ts'
import { usualRound } from '../../namespace-rounds.ts'
import type { OtherNamespaces } from '../../other-namespaces.ts'
import type { ProbeContext, Section } from '../../probe.ts'
import type { Detail } from '../../taken.ts'
import { noPodSums, type PodGrowth, type PodSums, podGrowth, podSumsAfter } from './sums.ts'

/** What a probe of the host's counters keeps of those of the pods. */
export interface PodsState {
  readonly sums: PodSums
  /** The same object until it says something else: what is said anew is looked at. */
  readonly detail: Detail
  /** Frames for which nothing can be said of the pods, after something was. */
  readonly gap: number
}

/** Where a probe starts: it says nothing of scope. */
export const noPods = (): PodsState => ({ sums: noPodSums, detail: {}, gap: 0 })

const nothingGrown: PodGrowth = { read: 0, perSecond: () => 0, counted: () => 0 }

/** Of pods that were counted before and will be again: the host's figures alone would be others under the same name. */
const lost: PodGrowth = { read: Number.NaN, perSecond: () => Number.NaN, counted: () => Number.NaN }

/** Rounds until a gap is over, whatever can be read: another sampler takes two to have read every namespace twice. */
const longestGap = 3

/** Counters of a node's other namespaces, as a probe adds them to those of the host's. */
export interface Pods {
  readonly state: PodsState
  /** Growth over the last seconds, NaN in a gap; undefined: the host alone is spoken of. */
  growth(seconds: number): PodGrowth | undefined
}

const hostOnly = (cause: Clean | string): Detail => ({ words: clean(`host only: ${cause}`) })

const withoutAwk = hostOnly('without awk on this node its pods are not read')

const knownUnknowns = new WeakMap<OtherNamespaces, Detail>()

/** A search tells it every few seconds, frames ask every second: it is put into words once. */
const unknownDetail = (others: Extract<OtherNamespaces, { kind: 'unknown' }>): Detail => {
  const detail = knownUnknowns.get(others) ?? hostOnly(others.cause)
  knownUnknowns.set(others, detail)
  return detail
}

const same = (one: Detail, other: Detail): boolean =>
  one.words === other.words &&
  one.scope === other.scope &&
  one.namespaces?.read === other.namespaces?.read &&
  one.namespaces?.of === other.namespaces?.of

/** Scope of the figures, and what is said of it. */
const detailOf = ({ flags, namespaces }: ProbeContext, growth: PodGrowth | undefined): Detail => {
  if (flags.engine !== 'awk') return withoutAwk
  if (namespaces === undefined) return {}
  const { others, every } = namespaces
  if (others.kind === 'unknown') return unknownDetail(others)
  if (growth === undefined) return {}
  const counted = { scope: 'node', namespaces: { read: 1 + growth.read, of: 1 + others.found } } as const
  return every > usualRound * 1.2 ? { ...counted, words: clean(`pods every ${Math.round(every)} s`) } : counted
}

/** What this frame says of the pods. `longest`: seconds that the probe looks back at most. */
export const podsIn = (before: PodsState, section: Section, context: ProbeContext, longest: number): Pods => {
  const { namespaces } = context
  const known = namespaces?.others.kind === 'known' ? namespaces.others : undefined
  // Within less than a round not every namespace was read.
  const round = namespaces?.every ?? 0
  const sums = known === undefined ? noPodSums : podSumsAfter(before.sums, section, Math.max(longest, round))
  const grown = (seconds: number): PodGrowth | undefined => {
    if (known === undefined) return undefined
    return known.found === 0 ? nothingGrown : podGrowth(sums, Math.max(seconds, round))
  }
  const all = grown(usualRound)
  const isWhole = all === nothingGrown || (all !== undefined && all.read === sums.last?.read)
  const isLost = known !== undefined && before.detail.scope === 'node' && !isWhole
  // What is known by now of some of them only is part of a gap, and none by itself.
  const isGap = isLost && (all === undefined || before.gap > 0) && before.gap < longestGap * round
  const said = isGap ? before.detail : detailOf(context, all)
  const detail = same(before.detail, said) ? before.detail : said
  const growth = (seconds: number): PodGrowth | undefined =>
    isGap ? lost : (grown(seconds) ?? (detail.scope === 'node' ? lost : undefined))
  return { state: { sums, detail, gap: isGap ? before.gap + 1 : 0 }, growth }
}
