import { longestWindow, observationsFor } from '../../../metrics/histogram.ts'
import type { Clean } from '../../../text/clean.ts'
import type { ProbeContext, Refusal, StreamTier } from '../../probe.ts'
import { refuse } from '../../refuse.ts'
import { detail, miss, missAll, nothingTaken, type Taken, take } from '../../taken.ts'
import { fdatasyncIds } from '../etcd/tier.ts'
import { type Heard, hear, nothingHeard } from './lines.ts'
import { lease } from './loops.ts'
import { diskProbeScript, refusals } from './program.ts'
import { arrived, type Latencies, latest, maximumOf, meanOf, rankOf, type Second, shareOver } from './window.ts'

export interface DiskProbeState {
  readonly heard: Heard
  readonly seconds: readonly Second[]
}

/** Seconds behind the mean and the maximum: 25 writes at the usual pace. */
const short = 5
/** Milliseconds; the bound of the catalogue's share of slow calls. */
const slow = 8

const etcdIsThere = (context: ProbeContext): Refusal | undefined =>
  context.has('fdatasync.mean') ? refuse('not-applicable', 'etcd has figures of its own here: read those') : undefined

const takePercentile = (taken: Taken, id: 'fdatasync.p50' | 'fdatasync.p99', rank: number, long: Latencies): void => {
  const observations = long.sorted.length
  const needed = observationsFor(rank)
  if (observations >= needed) take(taken, id, rankOf(long, rank), { observations, window: long.seconds })
  else
    miss(
      taken,
      id,
      'no-data',
      `${observations} of ${needed} observations within five minutes; see the maximum until then`,
    )
}

const takeShort = (taken: Taken, state: DiskProbeState, at: number): void => {
  const now = latest(state.seconds, at, short)
  const behind = { observations: now.sorted.length, window: now.seconds }
  if (now.sorted.length > 0) {
    take(taken, 'fdatasync.mean', meanOf(now), behind)
    take(taken, 'fdatasync.max', maximumOf(now), behind)
    return
  }
  const why =
    state.heard.paused === undefined
      ? 'no write came back within 5 s: the disk hangs, or the probe has only begun'
      : `paused while all work waits for the disk ${state.heard.paused} % of the time: look at pressure.io`
  missAll(taken, ['fdatasync.mean', 'fdatasync.max'], 'no-data', why)
}

const takeLong = (taken: Taken, seconds: readonly Second[], at: number): void => {
  const long = latest(seconds, at, longestWindow)
  takePercentile(taken, 'fdatasync.p50', 50, long)
  takePercentile(taken, 'fdatasync.p99', 99, long)
  take(taken, 'fdatasync.slow_share', shareOver(long, slow), { observations: long.sorted.length, window: long.seconds })
}

/** Endings that are no news: stdin closed; the lease was over, by `timeout` or by the program's own alarm. */
const quiet: readonly number[] = [0, 124, 142]

// The message is the program's where it gave one; the login shell may have written before it.
const message = (stderr: Clean): string => /^.*kntop: ([^\ufffd]*)/s.exec(stderr)?.[1] ?? ''

const isRefusal = (code: number): code is keyof typeof refusals => code in refusals

const ownWords: Readonly<Record<keyof typeof refusals, string>> = {
  40: 'name another folder (--disk-probe-folder)',
  41: 'name a folder that this user may write in (--disk-probe-folder)',
  42: 'install perl or python3, and coreutils',
  43: 'look at the disk and its filesystem',
}

/** Measures fdatasync as etcd calls it, in a file of its own; opt-in, because it writes. */
export const diskProbeTier: StreamTier<DiskProbeState> = {
  kind: 'stream',
  tier: 'disk probe',
  metrics: fdatasyncIds,
  optIn: {
    name: 'disk-probe',
    cost: '2,300 bytes written and synced five times a second (12 KB/s and the journal), 1 MiB of disk, 6 MB of memory, 0.3 % of a core; once a second where a sync takes 10 ms',
  },
  lease,
  overlap: 3,
  start: { heard: nothingHeard, seconds: [] },

  scripts: ({ diskProbeFolder }) =>
    (['perl', 'python3'] as const).map((language) => diskProbeScript(diskProbeFolder, language)),

  program(context) {
    const { tools } = context.flags
    const refusal = etcdIsThere(context)
    if (refusal !== undefined) return refusal
    if (!tools.has('perl') && !tools.has('python3'))
      return refuse('no-tool', 'neither perl nor python3 is here: install one of them')
    return diskProbeScript(context.settings.diskProbeFolder, tools.has('perl') ? 'perl' : 'python3')
  },

  step(state, chunk, source) {
    return { ...state, heard: hear(state.heard, chunk, source) }
  },

  tick(state, at, running, context) {
    const taken = nothingTaken()
    const stop = etcdIsThere(context)
    if (stop !== undefined) return { state: diskProbeTier.start, taken, stop }
    if (!running && state.heard.latencies.length === 0) return { state, taken }
    const seconds = arrived(state.seconds, at, state.heard.latencies)
    const next: DiskProbeState = { heard: { ...state.heard, latencies: [] }, seconds }
    takeShort(taken, next, at)
    takeLong(taken, seconds, at)
    for (const id of fdatasyncIds) detail(taken, id, state.heard.place, { scope: 'machine' })
    return { state: next, taken }
  },

  // Latencies that no tick has taken yet would count as of now.
  carry: ({ heard, seconds }) => ({ heard: { ...nothingHeard, place: heard.place }, seconds }),

  ended(code, stderr) {
    if (code === null || quiet.includes(code)) return undefined
    const said = message(stderr)
    return isRefusal(code)
      ? refuse(refusals[code], `${said}: ${ownWords[code]}`)
      : refuse('no-data', `the disk probe ended with status ${code} ${said}`.trim())
  },
}
