import { atRank, median } from '../../metrics/ranks.ts'
import { miss, missAll, type Taken, take } from '../taken.ts'

/** Milliseconds within which a socket must have sent and been answered, so that its round-trip time is of now. */
export const freshness = 5000

/** The round-trip times of one run, sorted, in microseconds as the kernel has them. `at`: seconds on the state's own clock. */
export interface Reading {
  readonly at: number
  readonly values: Uint32Array
}

/** What a tier remembers of its runs. */
export interface RoundTrips {
  /** Seconds of runs that follow one another. */
  readonly clock: number
  readonly readings: readonly Reading[]
  /** Which of the sockets were read; empty: all of them. */
  readonly words: string
}

export const noRoundTrips: RoundTrips = { clock: 0, readings: [], words: '' }

/** Seconds that the percentile looks back at most, and socket readings that it needs, and after which it looks no further. */
const longestWindow = 300
const leastReadings = 500
const enoughReadings = 2000

/** Leaves out readings that are too old, and the oldest ones as long as {@link enoughReadings} remain. */
export const recent = (readings: readonly Reading[], clock: number): readonly Reading[] => {
  let count = 0
  let first = readings.length
  while (first > 0) {
    const reading = readings[first - 1]
    if (reading === undefined || count >= enoughReadings) break
    if (clock - reading.at + freshness / 1000 > longestWindow) break
    count += reading.values.length
    first -= 1
  }
  return readings.slice(first)
}

const takePercentile = (taken: Taken, readings: readonly Reading[], clock: number): void => {
  const count = readings.reduce((sum, { values }) => sum + values.length, 0)
  if (count < leastReadings) {
    miss(taken, 'rtt.p99', 'no-data', `${count} of ${leastReadings} socket readings`)
    return
  }
  const oldest = readings[0]?.at ?? clock
  const value = atRank(
    readings.map(({ values }) => values),
    99,
  )
  take(taken, 'rtt.p99', value / 1000, { observations: count, window: clock - oldest + freshness / 1000 })
}

// At a first run there is nothing to go on from.
const clockAfter = ({ clock }: RoundTrips, seconds: number): number => (seconds > 0 ? clock + seconds : 0)

/** The readings and the clock after a run that gave nothing. `seconds`: since the run before, NaN at the first. */
export const passed = (state: RoundTrips, seconds: number): RoundTrips => {
  const clock = clockAfter(state, seconds)
  return { words: state.words, clock, readings: recent(seconds > 0 ? state.readings : [], clock) }
}

/**
 * Takes the figures of one run, but for the least. `values`: microseconds, sorted. `words`: which sockets these are; readings
 * of others are not mixed with them. `cut`: there are more. `among`: where they were looked for, in brackets.
 */
export const takeRoundTrips = (
  taken: Taken,
  state: RoundTrips,
  run: {
    readonly values: Uint32Array
    readonly words: string
    readonly seconds: number
    readonly cut: boolean
    readonly among: string
  },
): RoundTrips => {
  const { values, words, cut } = run
  const clock = clockAfter(state, run.seconds)
  const goesOn = run.seconds > 0 && words === state.words
  const reading = { at: clock, values }
  const readings = recent(goesOn ? [...state.readings, reading] : [reading], clock)
  take(taken, 'rtt.sockets', values.length, { bound: cut ? 1 : 0 })
  if (values.length > 0) take(taken, 'rtt.p50', median(values) / 1000, { observations: values.length })
  else
    missAll(
      taken,
      ['rtt.p50', 'rtt.min'],
      'no-data',
      `no socket to another machine${run.among} sent and was answered within 5 s`,
    )
  takePercentile(taken, readings, clock)
  return { clock, readings, words }
}
