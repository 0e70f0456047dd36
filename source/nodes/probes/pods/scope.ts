import { type Clean, clean } from '../../../text/clean.ts'
import { usualRound } from '../../namespace-rounds.ts'
import type { OtherNamespaces } from '../../other-namespaces.ts'
import type { ProbeContext, Section } from '../../probe.ts'
import type { Detail } from '../../taken.ts'
import {
  addSums,
  forget,
  growOver,
  noGrowth,
  noPodSums,
  type PodCounter,
  type PodGrowth,
  type PodSums,
} from './sums.ts'

/**
 * Counters of a node's other namespaces, as a probe adds them to those of the host's. Written in place.
 *
 * What they have grown by is NaN in a gap, and 0 where the host alone is spoken of.
 */
export interface Pods {
  readonly sums: PodSums
  /** Seconds that the probe looks back at most. */
  readonly longest: number
  /** Over {@link usualRound}, and over the longest. */
  readonly lately: PodGrowth
  readonly widely: PodGrowth
  /** The same object until it says something else: what is said anew is looked at. */
  detail: Detail
  /** Frames for which nothing can be said of the pods, after something was. */
  gap: number
}

const nothingSaid: Detail = {}

/** Where a probe starts: it says nothing of scope. */
export const noPods = (wanted: readonly PodCounter[], longest: number): Pods => {
  const lately = noGrowth(wanted.length)
  const widely = longest === usualRound ? lately : noGrowth(wanted.length)
  return { sums: noPodSums(wanted), longest, lately, widely, detail: nothingSaid, gap: 0 }
}

const allAre = (growth: PodGrowth, value: number): void => {
  growth.perSecond.fill(value)
  growth.counted.fill(value)
}

/** Rounds until a gap is over, whatever can be read: another sampler takes two to have read every namespace twice. */
const longestGap = 3

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

const everyWords = (every: number): Clean | undefined =>
  every > usualRound * 1.2 ? clean(`pods every ${Math.round(every)} s`) : undefined

/** That so many namespaces were read of so many; what was said before where that says the same. */
const countedDetail = (before: Detail, read: number, of: number, words: Clean | undefined): Detail => {
  const { scope, namespaces } = before
  if (scope === 'node' && namespaces?.read === read && namespaces.of === of && before.words === words) return before
  return { scope: 'node', namespaces: { read, of }, ...(words === undefined ? {} : { words }) }
}

/** Scope of the figures, and what is said of it. `read`: how many others are spoken for; undefined: none can be. */
const detailOf = (before: Detail, { flags, namespaces }: ProbeContext, read: number | undefined): Detail => {
  if (flags.engine !== 'awk') return withoutAwk
  if (namespaces === undefined) return nothingSaid
  const { others, every } = namespaces
  if (others.kind === 'unknown') return unknownDetail(others)
  if (read === undefined) return nothingSaid
  return countedDetail(before, 1 + read, 1 + others.found, everyWords(every))
}

/** Writes what they have grown by, which is nothing where there are none; false where it is not known. `found`: how many there are. */
const grow = (sums: PodSums, found: number | undefined, seconds: number, growth: PodGrowth): boolean => {
  if (found !== 0) return found !== undefined && growOver(sums, seconds, growth)
  allAre(growth, 0)
  growth.read = 0
  return true
}

/** Takes what this frame says of the pods. */
export const followPods = (pods: Pods, section: Section, context: ProbeContext): void => {
  const { sums, lately, widely, longest } = pods
  const { namespaces } = context
  const found = namespaces?.others.kind === 'known' ? namespaces.others.found : undefined
  // Within less than a round not every namespace was read.
  const round = namespaces?.every ?? 0
  if (found === undefined) forget(sums)
  else addSums(sums, section, Math.max(longest, round))
  const grew = grow(sums, found, Math.max(usualRound, round), lately)
  const grewWidely = widely === lately ? grew : grow(sums, found, Math.max(longest, round), widely)
  const isWhole = found === 0 || (grew && lately.read === sums.read)
  const isLost = found !== undefined && pods.detail.scope === 'node' && !isWhole
  // What is known by now of some of them only is part of a gap, and none by itself.
  const isGap = isLost && (!grew || pods.gap > 0) && pods.gap < longestGap * round
  pods.gap = isGap ? pods.gap + 1 : 0
  const said = isGap ? pods.detail : detailOf(pods.detail, context, grew ? lately.read : undefined)
  if (!same(pods.detail, said)) pods.detail = said
  // Of pods that were counted before and will be again: the host's figures alone would be others under the same name.
  const unknown = pods.detail.scope === 'node' ? Number.NaN : 0
  if (isGap || !grew) allAre(lately, unknown)
  if (isGap || !grewWidely) allAre(widely, unknown)
}
