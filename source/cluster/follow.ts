import type { RecordKind } from '../events/records.ts'
import type { Lacking } from '../events/sources.ts'
import { clean } from '../text/clean.ts'
import type { Scope } from './list.ts'
import { listWatch } from './list-watch.ts'
import { createLooks } from './looks.ts'
import { isAllowed, type Right } from './permissions.ts'
import { isBest, isSamePlan, type Plan, type PlannedScope, planFor } from './plan.ts'
import { pollScope } from './poll.ts'
import { type End, type Position, type Report, startPosition } from './position.ts'
import type { Resource } from './resource.ts'
import type { Shared } from './shared.ts'
import { createStanding } from './standing.ts'
import { createView } from './view.ts'

const unwatched = clean('listed now and then: it may not be watched')

/**
 * Keeps the records of one resource as the API server has them, as far as rights reach, which may change at any time: what is
 * refused narrows what is read and is tried again every few minutes. Ends with the signal, and never rejects.
 */
export const follow = async <Kind extends RecordKind>(
  shared: Shared,
  resource: Resource<Kind>,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<void> => {
  const { now, waits, limits } = shared
  const view = createView(resource, shared.words, shared.emit)
  const standing = createStanding(shared, clean(resource.name), view)
  const positions = new Map<string | undefined, Position>()
  /** Rights that the server refused although it had said nothing against them; believed until the next look. */
  const refusals = new Set<string>()
  const looks = createLooks(limits)
  const mute = new Map<string | undefined, number>()
  let barred: readonly Lacking[] | undefined

  const can = async (right: Right): Promise<boolean> => {
    if (refusals.has(keyOf(right))) return false
    return (await isAllowed(shared, right, signal)) !== false
  }
  const plan = (): Promise<Plan> => planFor(resource, namespaces, can)

  const run = ({ namespace, mode }: PlannedScope, inner: AbortSignal): Promise<Ran> => {
    const scope: Scope = { resource, namespace, view }
    const position = positions.get(namespace) ?? startPosition()
    positions.set(namespace, position)
    const report = (report: Report): void => {
      if (report.state === 'live' && namespace === undefined) looks.reset()
      standing.scope(namespace, report)
    }
    const silent = (mute.get(namespace) ?? 0) > now()
    const ended =
      mode === 'watch' && !silent
        ? listWatch(shared, scope, position, report, inner)
        : pollScope(shared, scope, position, { every: limits.poll, cause: silent ? muted : unwatched }, report, inner)
    return ended.then((end) => ({ ...end, namespace }))
  }

  /** Settles when rights, or a way that brought nothing, are worth another look and give another plan. */
  const betterThan = async (current: Plan, inner: AbortSignal): Promise<Ran> => {
    for (;;) {
      await waits.pause(mute.size > 0 ? limits.denied : looks.next(), inner)
      refusals.clear()
      const isOver = inner.aborted || mute.size > 0 || (!isBest(current) && !isSamePlan(current, await plan()))
      if (isOver) return { why: 'stopped', verb: 'list', cause: clean(''), namespace: undefined }
    }
  }

  const learn = async ({ why, verb, namespace, cause }: Ran, current: Plan): Promise<void> => {
    const until = now() + limits.denied
    if (why === 'forbidden') {
      refusals.add(keyOf({ verb, namespace }))
      barred = lackingToImpersonate(cause, current)
    }
    if (why === 'mute') mute.set(namespace, until)
    if (why !== 'absent') return
    standing.shut('absent', cause, until, current.lacking)
    await waits.pause(limits.denied, signal)
  }

  while (!signal.aborted) {
    const current = await plan()
    if (signal.aborted) return
    if (current.scopes.length === 0) {
      const wait = looks.next()
      const lacking = barred ?? current.lacking
      standing.shut('denied', clean(`a right is missing: ${lacking[0]?.rule ?? ''}`), now() + wait, lacking)
      await waits.pause(wait, signal)
      refusals.clear()
      continue
    }
    const read = current.scopes.flatMap(({ namespace }) => namespace ?? [])
    // What nobody may read any more would look as if it were read: the status speaks of the namespaces that are.
    if (read.length > 0) view.keepOnly(read)
    view.flush()
    standing.over(
      current.scopes.map(({ namespace }) => namespace),
      current.lacking,
    )
    const inner = new AbortController()
    const stop = (): void => inner.abort()
    signal.addEventListener('abort', stop)
    const runs = current.scopes.map((scope) => run(scope, inner.signal))
    const better = betterThan(current, inner.signal)
    const ran = await Promise.race([...runs, better])
    inner.abort()
    await Promise.all([...runs, better])
    signal.removeEventListener('abort', stop)
    for (const [namespace, until] of mute) if (until <= now()) mute.delete(namespace)
    await learn(ran, current)
  }
}

/** Who may not speak for somebody else lacks that right, whatever was asked for. */
const lackingToImpersonate = (cause: string, { lacking }: Plan): readonly Lacking[] | undefined =>
  /cannot impersonate/.test(cause)
    ? [
        {
          rule: clean('impersonate users, for --as or the as of the kubeconfig'),
          feeds: lacking[0]?.feeds ?? clean(''),
        },
      ]
    : undefined

const keyOf = ({ verb, namespace = '' }: Pick<Right, 'verb' | 'namespace'>): string => `${verb} ${namespace}`

type Ran = End & { readonly namespace: string | undefined }

const muted = clean('listed now and then: what is watched stays silent')
