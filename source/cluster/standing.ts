import type { Lacking, SourceStatus } from '../events/sources.ts'
import { type Clean, clean, joinClean } from '../text/clean.ts'
import type { Report } from './position.ts'
import type { Shared } from './shared.ts'
import type { View } from './view.ts'

/** How a resource fares as a whole, put together from its scopes; told on change. */
export interface Standing {
  /** Begins anew with these scopes. */
  over(namespaces: readonly (string | undefined)[], lacking: readonly Lacking[]): void
  scope(namespace: string | undefined, report: Report): void
  /** It cannot be read at all. */
  shut(state: 'denied' | 'absent', cause: Clean, until: number, lacking: readonly Lacking[]): void
}

const severities: readonly SourceStatus['state'][] = ['live', 'polling', 'starting', 'stale']

interface Scoped extends Omit<Report, 'state'> {
  readonly state: 'live' | 'polling' | 'stale' | 'starting'
  readonly known: number
}

const nothing = clean('')

export const createStanding = ({ emit, now }: Shared, source: Clean, view: View): Standing => {
  let scopes = new Map<string | undefined, Scoped>()
  let lacking: readonly Lacking[] = []
  let known = Number.NaN
  let told = ''

  const tell = (status: Omit<SourceStatus, 'leftOut' | 'leftOutCause'>): void => {
    const whole: SourceStatus = { ...status, leftOut: view.leftOut, leftOutCause: view.leftOutCause }
    const text = JSON.stringify(whole)
    if (text === told) return
    told = text
    emit([{ type: 'source', source, status: whole }])
  }

  const tellScopes = (): void => {
    const all = [...scopes]
    const [namespace, worst] =
      all.toSorted(([, one], [, other]) => severities.indexOf(other.state) - severities.indexOf(one.state))[0] ?? []
    if (worst === undefined) return
    const where = namespace === undefined || all.length === 1 ? [] : [clean(`namespace ${namespace}`)]
    const oldest = Math.min(...all.map(([, scope]) => scope.known))
    if (worst.state !== 'live') known = oldest
    tell({
      state: worst.state,
      cause: worst.cause === '' ? worst.cause : joinClean([...where, worst.cause], ': '),
      known: worst.state === 'live' ? Number.NaN : oldest,
      until: worst.until,
      ...(all.some(([namespace]) => namespace === undefined)
        ? {}
        : { namespaces: all.map(([namespace]) => clean(namespace ?? '')) }),
      lacking,
    })
  }

  return {
    over(namespaces, nextLacking) {
      const before = scopes
      lacking = nextLacking
      const start: Scoped = { state: 'starting', cause: nothing, until: Number.NaN, known }
      scopes = new Map(
        namespaces.map((namespace) => {
          const old = before.get(namespace)
          return [namespace, old === undefined ? start : leaving(old, now())]
        }),
      )
      tellScopes()
    },
    scope(namespace, report) {
      const before = scopes.get(namespace)
      const ever = before !== undefined && before.state !== 'starting'
      // What was live holds up to now; what was polled, up to then.
      const held = before?.state === 'live' ? now() : (before?.known ?? Number.NaN)
      const state = report.state === 'stale' && !ever ? 'starting' : report.state
      scopes.set(namespace, { ...report, state, known: report.state === 'stale' ? held : now() })
      tellScopes()
    },
    shut(state, cause, until, lacking) {
      const held = [...scopes.values()].map((scope) => leaving(scope, now()).known)
      if (held.length > 0) known = Math.min(...held)
      scopes = new Map()
      tell({ state, cause, known, until, lacking })
    },
  }
}

/** A scope that nobody reads now. */
const leaving = (scope: Scoped, now: number): Scoped =>
  scope.state === 'starting' ? scope : { ...scope, state: 'stale', known: scope.state === 'live' ? now : scope.known }
