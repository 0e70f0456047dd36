import type { Absence, Origin, Scope } from '../events/origin.ts'
import type { MetricId } from '../metrics/catalogue.ts'
import { type Clean, clean } from '../text/clean.ts'
import type { Detail, Taken } from './taken.ts'

/** What a tier said last of one metric: that it gives it, or why it does not. */
type Standing = 'gives' | Absence

export interface TierWords {
  readonly tier: string
  readonly metrics: readonly MetricId[]
  readonly scope?: Scope
}

/**
 * Decides, for one probe, which of its tiers speaks for each metric: the best that gives it. Two ways of measuring are
 * never mixed: a value of any other tier is dropped.
 */
export interface Arbiter {
  /** Notes what a tier took; gives back the metrics for which it speaks now: its values of others do not count. */
  accept(tier: number, taken: Taken): ReadonlySet<MetricId>
  /** Notes that a tier can give none of its metrics. */
  refuse(tier: number, absence: Absence): void
  /** Whether some metric of this tier is given by no better one, so that it is worth running. */
  needed(tier: number): boolean
  /** Whether some tier better than this one gives the metric. */
  givenAbove(tier: number, metric: MetricId): boolean
  /** Words that a tier wants behind its name, such as how far it is stretched. */
  note(tier: number, words: Clean | undefined): void
  /** Origins that changed since the last call. */
  changes(): readonly { readonly metric: MetricId; readonly origin: Origin }[]
}

const sameAbsence = (one: Absence, other: Absence): boolean =>
  one.missing === other.missing && one.advice === other.advice

const sameOrigin = (one: Origin | undefined, other: Origin): boolean => {
  if (one === undefined) return false
  if ('missing' in one || 'missing' in other) return 'missing' in one && 'missing' in other && sameAbsence(one, other)
  return one.tier === other.tier && one.scope === other.scope && one.unjudged === other.unjudged
}

const sameDetail = (one: Detail | undefined, other: Detail): boolean =>
  one?.words === other.words && one?.scope === other.scope && one?.unjudged === other.unjudged

const sameList = (one: readonly MetricId[] | undefined, other: readonly MetricId[]): boolean => {
  if (one?.length !== other.length) return false
  for (let index = 0; index < other.length; index += 1) if (one[index] !== other[index]) return false
  return true
}

const isAbsence = (standing: Standing | undefined): standing is Absence =>
  standing !== undefined && standing !== 'gives'

const unchanged: ReturnType<Arbiter['changes']> = []

export const createArbiter = (tiers: readonly TierWords[]): Arbiter => {
  const standings: Map<MetricId, Standing>[] = tiers.map(() => new Map())
  const details: (Map<MetricId, Detail> | undefined)[] = tiers.map(() => undefined)
  const notes: (Clean | undefined)[] = tiers.map(() => undefined)
  const told = new Map<MetricId, Origin>()
  const metrics = [...new Set(tiers.flatMap((tier) => tier.metrics))]
  /** Per tier the metrics that it gave last, if it gave all that it spoke of: then the same ones again are no news. */
  const settled: (readonly MetricId[] | undefined)[] = tiers.map(() => undefined)
  /** Per tier the details that it gave last: the same map again is no news. */
  const detailed: (Taken['details'] | undefined)[] = tiers.map(() => undefined)
  /** Per tier the metrics for which it speaks. */
  const spoken: Set<MetricId>[] = tiers.map(() => new Set())
  /** Whether something was said that may change an origin: nearly every frame says what the last one said. */
  let news = true
  /** Per tier whether it is needed, as long as no standing changes. */
  let needed: (boolean | undefined)[] = []

  const speaker = (metric: MetricId): number => standings.findIndex((standing) => standing.get(metric) === 'gives')

  const stand = (tier: number, metric: MetricId, now: Standing): void => {
    const before = standings[tier]?.get(metric)
    if (before === now || (isAbsence(before) && isAbsence(now) && sameAbsence(before, now))) return
    standings[tier]?.set(metric, now)
    news = true
    needed = []
    const index = speaker(metric)
    spoken.forEach((set, one) => (one === index ? set.add(metric) : set.delete(metric)))
  }

  const originOf = (metric: MetricId): Origin | undefined => {
    const index = speaker(metric)
    if (index >= 0) {
      const detail = details[index]?.get(metric) ?? {}
      const tier = tiers[index]
      if (tier === undefined) return undefined
      const words = [tier.tier, detail.words, notes[index]].filter((word) => word !== undefined && word !== '')
      return {
        tier: clean(words.join(', ')),
        scope: detail.scope ?? tier.scope ?? 'host',
        ...(detail.unjudged ? { unjudged: true } : {}),
      }
    }
    // The last tier is what a person can still do something about; a tier that has not spoken yet may still give it.
    const those = able.get(metric) ?? []
    if (those.some((standing) => !standing.has(metric))) return undefined
    const last = those.at(-1)?.get(metric)
    return isAbsence(last) ? last : undefined
  }

  const able = new Map(
    metrics.map((metric) => [metric, standings.filter((_, tier) => tiers[tier]?.metrics.includes(metric))]),
  )

  /** Whether every better tier that could give the metric has said that it does not. */
  const open = (metric: MetricId, tier: number): boolean => {
    for (const standing of able.get(metric) ?? []) {
      if (standing === standings[tier]) return true
      if (!isAbsence(standing.get(metric))) return false
    }
    return false
  }

  return {
    accept(tier, taken) {
      const speaks = spoken[tier] ?? new Set()
      const given = taken.missing.size === 0
      const told = taken.details.size === 0 || taken.details === detailed[tier]
      if (given && told && sameList(settled[tier], taken.metrics)) return speaks
      settled[tier] = given ? taken.metrics : undefined
      for (const metric of taken.metrics) if (!taken.missing.has(metric)) stand(tier, metric, 'gives')
      if (!told) detailed[tier] = taken.details
      taken.details.forEach((detail, metric) => {
        if (sameDetail(details[tier]?.get(metric), detail)) return
        details[tier] = (details[tier] ?? new Map()).set(metric, detail)
        news = true
      })
      taken.missing.forEach((absence, metric) => stand(tier, metric, absence))
      return speaks
    },
    refuse(tier, absence) {
      settled[tier] = undefined
      for (const metric of tiers[tier]?.metrics ?? []) stand(tier, metric, absence)
    },
    needed(tier) {
      needed[tier] ??= (tiers[tier]?.metrics ?? []).some((metric) => open(metric, tier))
      return needed[tier]
    },
    givenAbove: (tier, metric) => {
      const index = speaker(metric)
      return index >= 0 && index < tier
    },
    note: (tier, words) => {
      if (notes[tier] === words) return
      notes[tier] = words
      news = true
    },
    changes() {
      if (!news) return unchanged
      news = false
      const changed: { metric: MetricId; origin: Origin }[] = []
      for (const metric of metrics) {
        const origin = originOf(metric)
        if (origin === undefined || sameOrigin(told.get(metric), origin)) continue
        told.set(metric, origin)
        changed.push({ metric, origin })
      }
      return changed
    },
  }
}
