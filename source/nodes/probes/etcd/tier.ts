import { type MetricId, metricOf } from '../../../metrics/catalogue.ts'
import {
  type GrowthWindow,
  growth,
  type Histogram,
  longestWindow,
  mean,
  observationsFor,
  observationsIn,
  percentile,
  recent,
  remember,
  shareAbove,
} from '../../../metrics/histogram.ts'
import { perSettings } from '../../per-settings.ts'
import type { CommandTier } from '../../probe.ts'
import { refuse } from '../../refuse.ts'
import { detail, miss, missAll, nothingTaken, type Taken, take } from '../../taken.ts'
import { getterOf, noGetter } from '../http.ts'
import { answerOf, fetchScript, urlsToAsk } from './fetch.ts'

/** What is kept between two runs. `seconds`: since `last` was read. */
export interface EtcdState {
  readonly url: string
  readonly last: Histogram | undefined
  readonly seconds: number
  readonly window: GrowthWindow
}

/** The metrics of both tiers. */
export const fdatasyncIds = [
  'fdatasync.mean',
  'fdatasync.p50',
  'fdatasync.p99',
  'fdatasync.max',
  'fdatasync.slow_share',
] as const satisfies readonly MetricId[]

const milliseconds = 1000
/** Edge of etcd's histogram, in seconds, that parts slow calls from the others; see the catalogue. */
const slow = 0.008
const shareNeeds = metricOf('fdatasync.slow_share').denominator?.least ?? 0

/** What is said where nobody listens now, but etcd has answered before. */
const gone = { missing: 'no-data', advice: 'etcd answered here before and does not now: look at it' } as const

const takePercentile = (taken: Taken, id: 'fdatasync.p50' | 'fdatasync.p99', rank: number, window: GrowthWindow) => {
  const needed = observationsFor(rank)
  const grown = recent(window, needed)
  const observations = grown === undefined ? 0 : observationsIn(grown.histogram)
  if (grown === undefined || observations < needed)
    return miss(
      taken,
      id,
      'no-data',
      `${observations} of ${needed} observations within five minutes; see the mean until then`,
    )
  const { value, bound } = percentile(grown.histogram, rank)
  return take(taken, id, value * milliseconds, { observations, window: grown.seconds, bound })
}

const takeAll = (newest: Histogram | undefined, seconds: number, window: GrowthWindow): Taken => {
  const taken = nothingTaken()
  if (newest === undefined) take(taken, 'fdatasync.mean', Number.NaN)
  else
    take(taken, 'fdatasync.mean', mean(newest) * milliseconds, {
      observations: observationsIn(newest),
      window: seconds,
    })
  takePercentile(taken, 'fdatasync.p50', 50, window)
  takePercentile(taken, 'fdatasync.p99', 99, window)
  miss(taken, 'fdatasync.max', 'no-data', 'etcd keeps no maximum: look at the p99')
  const shared = recent(window, shareNeeds)
  if (shared === undefined) take(taken, 'fdatasync.slow_share', Number.NaN)
  else
    take(taken, 'fdatasync.slow_share', shareAbove(shared.histogram, slow), {
      observations: observationsIn(shared.histogram),
      window: shared.seconds,
    })
  return taken
}

const asking = perSettings(({ etcdMetrics }) => {
  const urls = urlsToAsk(etcdMetrics)
  return { urls, scripts: { curl: fetchScript('curl', urls), wget: fetchScript('wget', urls) } }
})

const start: EtcdState = { url: '', last: undefined, seconds: Number.NaN, window: [] }

/**
 * etcd's own histogram of fdatasync, from its metrics endpoint. The mean is that of the last interval; percentiles and
 * the share reach back as far as their observations ask for. An etcd that wrote nothing is a gap.
 */
export const etcdTier: CommandTier<EtcdState> = {
  kind: 'command',
  tier: 'etcd metrics',
  metrics: fdatasyncIds,
  every: 10,
  idle: 60,
  limit: 16 * 1024,
  cost: '18 ms of CPU, most of it the start of curl or wget',
  start,
  scripts: (settings) => Object.values(asking(settings).scripts),

  program(context) {
    const getter = getterOf(context.flags)
    if (getter === undefined) return refuse('no-tool', noGetter('etcd'))
    return asking(context.settings).scripts[getter]
  },

  // Its counters are etcd's own: what grew while nobody looked is known once they are read again.
  carry: (state) => state,

  step(state, output, context) {
    const answer = answerOf(output.text, getterOf(context.flags) ?? 'curl', asking(context.settings).urls)
    const seconds = state.seconds + output.seconds
    if ('missing' in answer) {
      const taken = nothingTaken()
      const { missing, advice } = answer.missing === 'not-applicable' && state.last !== undefined ? gone : answer
      missAll(taken, fdatasyncIds, missing, advice)
      return { state: { ...state, seconds }, taken }
    }
    const { histogram, url } = answer
    const follows = state.last !== undefined && url === state.url && seconds > 0 && seconds <= longestWindow
    const newest = follows && state.last !== undefined ? growth(state.last, histogram) : undefined
    const window = newest === undefined ? [] : remember(state.window, { seconds, histogram: newest })
    const taken = takeAll(newest, seconds, window)
    for (const id of fdatasyncIds) detail(taken, id, new URL(url).host, { scope: 'machine' })
    return { state: { url, last: histogram, seconds: 0, window }, taken }
  },
}
