import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { watchCluster } from '../../../source/cluster/watch-cluster.ts'
import { createStore } from '../../../source/store/store.ts'
import { until } from '../processes.ts'
import { nodesReady } from '../workloads.ts'
import { type Follower, quick, startFollower } from './model/follower.ts'
import { startRelay } from './model/relay.ts'
import { forgetful, type Step, sequences } from './model/steps.ts'
import { apiPlace, connectThrough, type Fresh, freshServices, lineOf, worldOf } from './model/world.ts'
import { withLab } from './with-lab.ts'

const namespace = 'model'
/** Milliseconds after which no further sequence is begun: a busy machine does fewer. */
const enough = 60_000

describe('what is known of the services of a real API server', () => {
  withLab((lab) => {
    let end = Number.POSITIVE_INFINITY
    let worlds = 0
    let relists = 0
    let looks = 0
    let refusals = 0

    const remove = (): Promise<string> => lab.kubectl(['delete', 'namespace', namespace, '--ignore-not-found'])

    beforeAll(async () => {
      // Of a run that was killed.
      await remove()
      await lab.kubectl(['create', 'namespace', namespace])
    })
    afterAll(async () => {
      await remove()
      await nodesReady(lab.kubectl)
    })

    /** Takes steps while the loop runs in each of its ways, and holds what they know against a fresh list. */
    const follow = async (steps: readonly Step[]): Promise<void> => {
      if (performance.now() > end) return
      worlds++
      const relay = await startRelay(apiPlace.host, apiPlace.port)
      const world = worldOf(lab, relay, namespace)
      const api = await connectThrough(lab, relay)
      const followers = [
        startFollower(api, 'watch', undefined),
        startFollower(api, 'whole', undefined),
        startFollower(api, 'pages', namespace),
      ]
      const store = createStore()
      const controller = new AbortController()
      const { signal } = controller
      const now = (): number => performance.now()
      const kntop = watchCluster({ api, namespaces: [], emit: store.apply, now, signal, limits: quick })

      const linesOf = ({ known }: Pick<Follower, 'known'>): readonly string[] =>
        [...known.values()].map(({ id, version, ports }) => lineOf(id, version, ports)).toSorted()

      const compare = async (follower: Follower, all: readonly Fresh[], mark: bigint): Promise<void> => {
        const fresh = all.filter((one) => follower.namespace === undefined || follower.namespace === one.namespace)
        const newest = fresh.reduce((most, { version }) => (version > most ? version : most), mark)
        // At the very moment at which it has come so far, not some time later.
        const reached = (): readonly string[] | false => BigInt(follower.version() ?? 0) >= newest && linesOf(follower)
        const then = await until(`${follower.name} comes to ${newest}`, reached, 60_000).catch((error: unknown) => {
          throw new Error(`${String(error)}; it said ${follower.reports.slice(-5).join('; ')}`, { cause: error })
        })
        expect(then, follower.name).toEqual(fresh.map(({ line }) => line))
        expect(follower.wrong, follower.name).toEqual([])
      }

      const look = async (): Promise<void> => {
        looks++
        // What went before it is told of before it, so who knows it knows all of that.
        const mark = await world.mark()
        const fresh = await freshServices(lab)
        await Promise.all(followers.map((follower) => compare(follower, fresh, mark)))
        // All of it together, rights included.
        const known = (): readonly string[] => linesOf({ known: store.snapshot().records.services })
        // Not at its next poll: by then it must be told of changes again.
        await expect.poll(known, { timeout: 20_000, message: 'kntop' }).toEqual(fresh.map(({ line }) => line))
      }

      try {
        for (const step of [...steps, { do: 'look' } as const]) {
          await world.take(step)
          if (step.do === 'look') await look()
        }
      } finally {
        controller.abort()
        for (const { relisted, reports } of followers) {
          relists += relisted()
          refusals += reports.filter((report) => report.startsWith('forbidden')).length
        }
        await Promise.all([kntop.done, ...followers.map((follower) => follower.stop())])
        api.close()
        await relay.close()
      }
    }

    test('is what a fresh list holds, once it has come as far as that list', async () => {
      end = performance.now() + enough
      const property = fc.asyncProperty(sequences, follow)
      // What fails is not made smaller: every attempt takes seconds. Its seed and its steps are printed.
      const said = { endOnFailure: true, includeErrorInReport: true }
      await fc.assert(property, { numRuns: 10, examples: [[forgetful]], ...said })
      const counts = `${worlds} sequences, ${looks} looks, ${relists} times begun anew, ${refusals} times refused`
      process.stderr.write(`${counts}\n`)
      expect(worlds).toBeGreaterThan(1)
      // Else what was to make the server forget did not.
      expect(relists).toBeGreaterThan(0)
    })
  })
})
