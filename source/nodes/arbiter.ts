import type { Absence, Origin, Source } from '../events/origin.ts'
import type { MetricId } from '../metrics/catalogue.ts'
import { clean } from '../text/clean.ts'
import type { ArbiterLayout } from './arbiter-layout.ts'
import { isListOf } from './metric-lists.ts'
import type { Absences, Detail, Taken } from './taken.ts'

/** What a tier said last of one metric: that it gives it, or why it does not; undefined while it has said nothing. */
type Standing = 'gives' | Absence | undefined

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
  /** Notes how many seconds lie between two readings of a tier, where they are stretched. */
  stretched(tier: number, every: number | undefined): void
  /** Origins that changed since the last call. */
  changes(): readonly { readonly metric: MetricId; readonly origin: Origin }[]
}

const sameAbsence = (one: Absence, other: Absence): boolean =>
  one.missing === other.missing && one.advice === other.advice

const sameCount = (one: Source['namespaces'], other: Source['namespaces']): boolean =>
  one?.read === other?.read && one?.of === other?.of

const sameOrigin = (one: Origin | undefined, other: Origin): boolean => {
  if (one === undefined) return false
  if (one === other) return true
  if ('missing' in one || 'missing' in other) return 'missing' in one && 'missing' in other && sameAbsence(one, other)
  return (
    one.tier === other.tier &&
    one.scope === other.scope &&
    sameCount(one.namespaces, other.namespaces) &&
    one.unjudged === other.unjudged &&
    one.every === other.every
  )
}

const sameDetail = (one: Detail | undefined, other: Detail): boolean =>
  one?.words === other.words &&
  one?.scope === other.scope &&
  sameCount(one?.namespaces, other.namespaces) &&
  one?.unjudged === other.unjudged

const isAbsence = (standing: Standing): standing is Absence => standing !== undefined && standing !== 'gives'

const unchanged: ReturnType<Arbiter['changes']> = []

/** The details of before with what is new in those given; undefined where nothing is. */
const merged = (before: Taken['details'] | undefined, given: Taken['details']): Taken['details'] | undefined => {
  if (before === undefined) return given
  let all: Map<MetricId, Detail> | undefined
  given.forEach((detail, metric) => {
    if (!sameDetail(before.get(metric), detail)) all = (all ?? new Map(before)).set(metric, detail)
  })
  return all
}

/** What one tier said, besides its {@link Standing}s. */
interface TierState {
  /** The metrics that it gave last; undefined after something else was said of it. */
  settled: readonly MetricId[] | undefined
  /** What it lacked last. The same map again is no news, if it gave the same metrics. */
  lacked: Absences | undefined
  /** The details that it gave last: the same map again is no news. */
  detailed: Taken['details'] | undefined
  details: Taken['details'] | undefined
  every: number | undefined
  /** The metrics for which it speaks; undefined while that has to be looked at again. */
  spoken: ReadonlySet<MetricId> | undefined
  /** Whether it is needed; undefined as above. */
  needed: boolean | undefined
}

const silent: TierState = {
  settled: undefined,
  lacked: undefined,
  detailed: undefined,
  details: undefined,
  every: undefined,
  spoken: undefined,
  needed: undefined,
}

const isSaidAgain = ({ settled, lacked, detailed }: TierState, { metrics, count, missing, details }: Taken): boolean =>
  settled !== undefined &&
  missing === lacked &&
  (details.size === 0 || details === detailed) &&
  isListOf(settled, metrics, count)

// A class, because a thousand nodes have fourteen of them each: closures over what they share are four times the size. What is
// called every second makes no closure, and leaves to others what does: room for one is made as soon as a function is entered.
class PlainArbiter implements Arbiter {
  private readonly layout: ArbiterLayout
  private readonly states: readonly TierState[]
  /** By the metric's number and then by tier. */
  private readonly standings: Standing[]
  /** By the metric's number. */
  private readonly told: (Origin | undefined)[]
  /** Whether something was said that may change an origin: nearly every frame says what the last one said. */
  private news = true

  constructor(layout: ArbiterLayout) {
    this.layout = layout
    this.states = layout.tiers.map(() => ({ ...silent }))
    this.standings = new Array<Standing>(layout.metrics.length * layout.tiers.length).fill(undefined)
    this.told = new Array<Origin | undefined>(layout.metrics.length).fill(undefined)
  }

  accept(tier: number, taken: Taken): ReadonlySet<MetricId> {
    const state = this.states[tier]
    if (state === undefined) return this.layout.setOf([])
    if (!isSaidAgain(state, taken)) this.note(tier, state, taken)
    return (state.spoken ??= this.spokenBy(tier))
  }

  refuse(tier: number, absence: Absence): void {
    const state = this.states[tier]
    if (state !== undefined) state.settled = undefined
    for (const metric of this.layout.tiers[tier]?.metrics ?? []) this.stand(tier, metric, absence)
  }

  needed(tier: number): boolean {
    const state = this.states[tier]
    if (state === undefined) return false
    return (state.needed ??= this.isAnyOpen(tier))
  }

  givenAbove(tier: number, metric: MetricId): boolean {
    const speaker = this.speaker(this.layout.indexOf(metric))
    return speaker >= 0 && speaker < tier
  }

  stretched(tier: number, every: number | undefined): void {
    const state = this.states[tier]
    if (state === undefined || state.every === every) return
    state.every = every
    this.news = true
  }

  changes(): ReturnType<Arbiter['changes']> {
    return this.news ? this.foundChanges() : unchanged
  }

  private note(tier: number, state: TierState, taken: Taken): void {
    const { metrics, missing, details } = taken
    for (let index = 0; index < taken.count; index += 1) {
      const metric = metrics[index]
      if (metric !== undefined && !missing.has(metric)) this.stand(tier, metric, 'gives')
    }
    if (details.size > 0 && details !== state.detailed) this.noteDetails(state, details)
    if (missing.size > 0) for (const [metric, absence] of missing) this.stand(tier, metric, absence)
    state.settled = this.layout.listOf(metrics, taken.count)
    state.lacked = missing
  }

  private noteDetails(state: TierState, details: Taken['details']): void {
    const all = merged(state.details, details)
    if (all !== undefined) this.news = true
    // What says the same is not held beside it.
    const isSame = all === undefined && state.details?.size === details.size
    state.details = isSame ? details : (all ?? state.details)
    state.detailed = details
  }

  private foundChanges(): ReturnType<Arbiter['changes']> {
    this.news = false
    const changed: { metric: MetricId; origin: Origin }[] = []
    this.layout.metrics.forEach((metric, index) => {
      const found = this.originOf(metric, index)
      if (found === undefined || sameOrigin(this.told[index], found)) return
      // Most metrics of a probe come from one place: one object for all of them.
      const origin = this.told.find((one) => sameOrigin(one, found)) ?? found
      this.told[index] = origin
      changed.push({ metric, origin })
    })
    return changed
  }

  private standing(index: number, tier: number): Standing {
    return this.standings[index * this.layout.tiers.length + tier]
  }

  /** The best tier that gives a metric; -1: none. */
  private speaker(index: number): number {
    for (const tier of this.layout.able[index] ?? []) if (this.standing(index, tier) === 'gives') return tier
    return -1
  }

  private stand(tier: number, metric: MetricId, now: Standing): void {
    const index = this.layout.indexOf(metric)
    if (index < 0) return
    const before = this.standing(index, tier)
    if (before === now || (isAbsence(before) && isAbsence(now) && sameAbsence(before, now))) return
    const spoke = this.speaker(index)
    this.standings[index * this.layout.tiers.length + tier] = now
    this.news = true
    // Other words for the same absence come every second, and change neither who speaks nor who is needed.
    if (this.speaker(index) !== spoke) for (const state of this.states) state.spoken = undefined
    if (isAbsence(before) !== isAbsence(now)) for (const state of this.states) state.needed = undefined
  }

  private spokenBy(tier: number): ReadonlySet<MetricId> {
    return this.layout.setOf(this.layout.metrics.filter((_, index) => this.speaker(index) === tier))
  }

  private isAnyOpen(tier: number): boolean {
    return (this.layout.tiers[tier]?.metrics ?? []).some((metric) => this.isOpen(metric, tier))
  }

  /** Whether every better tier that could give the metric has said that it does not. */
  private isOpen(metric: MetricId, tier: number): boolean {
    const index = this.layout.indexOf(metric)
    for (const better of this.layout.able[index] ?? []) {
      if (better === tier) return true
      if (!isAbsence(this.standing(index, better))) return false
    }
    return false
  }

  private originOf(metric: MetricId, index: number): Origin | undefined {
    const speaker = this.speaker(index)
    if (speaker >= 0) return this.sourceOf(metric, speaker)
    // The last tier is what a person can still do something about; a tier that has not spoken yet may still give it.
    const able = this.layout.able[index] ?? []
    if (able.some((tier) => this.standing(index, tier) === undefined)) return undefined
    const at = able.find((tier) => this.isGathering(index, tier)) ?? able.at(-1) ?? -1
    const said = this.standing(index, at)
    return isAbsence(said) ? said : undefined
  }

  /** A tier that gives other metrics and has not enough for this one yet: a lesser one would not be run beside it. */
  private isGathering(index: number, tier: number): boolean {
    const standing = this.standing(index, tier)
    if (!isAbsence(standing) || standing.missing !== 'no-data') return false
    return this.layout.metrics.some((_, other) => this.speaker(other) === tier)
  }

  private sourceOf(metric: MetricId, speaker: number): Origin | undefined {
    const tier = this.layout.tiers[speaker]
    const state = this.states[speaker]
    if (tier === undefined || state === undefined) return undefined
    const detail = state.details?.get(metric)
    if (detail === undefined && state.every === undefined) return this.layout.plain[speaker]
    const { every } = state
    const words = [tier.tier, detail?.words].filter((word) => word !== undefined && word !== '')
    return {
      tier: clean(words.join(', ')),
      scope: detail?.scope ?? tier.scope ?? 'host',
      ...(detail?.namespaces === undefined ? {} : { namespaces: detail.namespaces }),
      ...(detail?.unjudged ? { unjudged: true } : {}),
      ...(every === undefined ? {} : { every }),
    }
  }
}

export const createArbiter = (layout: ArbiterLayout): Arbiter => new PlainArbiter(layout)
