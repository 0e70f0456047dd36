import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { watchCluster } from '../../../source/cluster/watch-cluster.ts'
import { createStore } from '../../../source/store/store.ts'
import { until } from '../processes.ts'
import { type Follower, quick, startFollower } from './model/follower.ts'
import { startRelay } from './model/relay.ts'
import { forgetful, type Step, sequences } from './model/steps.ts'
import { apiPlace, connectThrough, freshServices, lineOf, worldOf } from './model/world.ts'
import { withLab } from './with-lab.ts'

const namespace = 'model'

describe('what is known of the services of a real API server', () => {
  withLab((lab) => {
    let relists = 0
    let looks = 0
    let refusals = 0

    const remove = (): Promise<string> => lab.kubectl(['delete', 'namespace', namespace, '--ignore-not-found'])

    beforeAll(async () => {
      // Of a run that was killed.
      await remove()
      await lab.kubectl(['create', 'namespace', namespace])
    })
    afterAll(async () => void (await remove()))

    /** Takes steps while the loop runs in each of its ways, and holds what they know against a fresh list. */
    const follow = async (steps: readonly Step[]): Promise<void> => {
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

      const compare = async (follower: Follower, mark: bigint): Promise<void> => {
        const fresh = await freshServices(lab, follower.namespace)
        const newest = fresh.newest > mark ? fresh.newest : mark
        // At the very moment at which it has come so far, not some time later.
        const reached = (): readonly string[] | false => BigInt(follower.version() ?? 0) >= newest && linesOf(follower)
        const then = await until(`${follower.name} comes to ${newest}`, reached).catch((error: unknown) => {
          throw new Error(`${String(error)}; it said ${follower.reports.slice(-5).join('; ')}`, { cause: error })
        })
        expect(then, follower.name).toEqual(fresh.services)
        expect(follower.wrong, follower.name).toEqual([])
      }

      const look = async (): Promise<void> => {
        looks++
        const mark = await world.mark()
        await Promise.all(followers.map((follower) => compare(follower, mark)))
        // All of it together, rights included.
        const { services } = await freshServices(lab, undefined)
        await expect.poll(() => linesOf({ known: store.snapshot().records.services })).toEqual(services)
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
      const property = fc.asyncProperty(sequences, follow)
      // What fails is not made smaller: every attempt takes seconds. Its seed and its steps are printed.
      await fc.assert(property, { numRuns: 10, examples: [[forgetful]], endOnFailure: true })
      process.stderr.write(
        `looked ${looks} times; begun anew ${relists} times; refused ${refusals} times for the moment\n`,
      )
      // Else what was to make the server forget did not.
      expect(relists).toBeGreaterThan(0)
    })
  })
})
