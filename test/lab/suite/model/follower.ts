import type { Api } from '../../../../source/cluster/api.ts'
import { createFirstStates } from '../../../../source/cluster/first-states.ts'
import { defaultLimits, type Limits } from '../../../../source/cluster/limits.ts'
import { listWatch } from '../../../../source/cluster/list-watch.ts'
import { createPace } from '../../../../source/cluster/pace.ts'
import { type Position, type Report, startPosition } from '../../../../source/cluster/position.ts'
import { createRelists } from '../../../../source/cluster/relists.ts'
import { resources } from '../../../../source/cluster/resource.ts'
import type { Shared } from '../../../../source/cluster/shared.ts'
import { createWords } from '../../../../source/cluster/slim/fields.ts'
import { createView } from '../../../../source/cluster/view.ts'
import { createWaits } from '../../../../source/cluster/waits.ts'
import type { Event } from '../../../../source/events/event.ts'
import type { ServiceId } from '../../../../source/events/names.ts'
import type { ServiceRecord } from '../../../../source/events/records.ts'
import { contradiction } from '../../../cluster/support/world.ts'

/** As they are, but for what would have a test wait. */
export const quick: Limits = {
  ...defaultLimits,
  answer: 10_000,
  backOff: { first: 50, most: 500 },
  settled: 1000,
  refused: 200,
  relist: 500,
  retryAfter: 1000,
  ping: 1000,
  // A list of some ten services is to have several pages.
  pageSize: 3,
}

/** The loop of list and watch over services, everywhere or in one namespace, and what it has told. */
export interface Follower {
  readonly name: string
  readonly namespace: string | undefined
  /** `namespace/name` to what is known. */
  readonly known: ReadonlyMap<ServiceId, ServiceRecord>
  /** The `resourceVersion` up to which it knows everything; undefined while it needs a full state. */
  readonly version: () => string | undefined
  /** How often it had to begin anew, since the server had forgotten what changed. */
  readonly relisted: () => number
  /** What it told that cannot be after what it told before, and why it ended before it was stopped. */
  readonly wrong: readonly string[]
  /** How it fared, for a message. */
  readonly reports: readonly string[]
  stop(): Promise<void>
}

export const startFollower = (api: Api, way: Position['way'], namespace: string | undefined): Follower => {
  const known = new Map<ServiceId, ServiceRecord>()
  const told = new Map<string, string>()
  const wrong: string[] = []
  const reports: string[] = []
  const controller = new AbortController()
  const position: Position = { ...startPosition(), way }
  let relists = 0

  const take = (event: Event): void => {
    const contradicts = contradiction(event, told)
    if (contradicts !== undefined) wrong.push(contradicts)
    if (event.type !== 'record' || event.kind !== 'service') return
    if (event.change === 'put') known.set(event.record.id, event.record)
    else known.delete(event.id)
  }

  const emit = (events: readonly Event[]): void => {
    for (const event of events) take(event)
  }
  const now = (): number => performance.now()
  const waits = createWaits()
  const shared: Shared = {
    ...{ api, emit, now, waits, random: Math.random, limits: quick },
    pace: createPace(quick.slice, now),
    words: createWords(),
    relists: createRelists(quick.relist, now, waits),
    firstStates: createFirstStates(),
    heard: () => undefined,
    dated: () => undefined,
  }
  const view = createView(resources.service, shared.words, emit)
  const report = ({ state, cause }: Report): void => {
    if (cause.includes('forgotten')) relists++
    reports.push(`${state} ${cause}`)
  }
  const follow = async (): Promise<void> => {
    for (;;) {
      const { why, cause } = await listWatch(
        shared,
        { resource: resources.service, namespace, view },
        position,
        report,
        controller.signal,
      )
      if (why === 'stopped') return
      reports.push(`${why} ${cause}`)
      // A server that has just started refuses what it grants once it has read its roles; on a busy machine it may be mute so
      // often that it would be polled instead.
      if (why !== 'forbidden' && why !== 'mute') wrong.push(`it ended: ${why} ${cause}`)
      await waits.pause(quick.refused, controller.signal)
    }
  }
  const running = follow()
  return {
    name: `${way} ${namespace ?? 'everywhere'}`,
    ...{ namespace, known, wrong, reports },
    version: () => position.version,
    relisted: () => relists,
    async stop() {
      controller.abort()
      await running
    },
  }
}
