import { isAbsent, type Origin } from '../events/origin.ts'
import { calm } from '../metrics/bands.ts'
import { column } from './figures.ts'
import { type Era, type NodeState, writable } from './node-state.ts'

const same = (a: Origin | undefined, b: Origin): boolean => {
  if (a === b) return true
  if (a === undefined || isAbsent(a) !== isAbsent(b)) return false
  if (isAbsent(a)) return isAbsent(b) && a.missing === b.missing && a.advice === b.advice
  if (isAbsent(b)) return false
  return (
    a.tier === b.tier &&
    a.scope === b.scope &&
    a.unjudged === b.unjudged &&
    a.every === b.every &&
    a.namespaces?.read === b.namespaces?.read &&
    a.namespaces?.of === b.namespaces?.of
  )
}

/**
 * Notes where a metric comes from now. A value taken in another way, or before the metric went missing, is not shown
 * under the new origin: the next sample is waited for.
 */
export const setOrigin = (state: NodeState, position: number, origin: Origin, era: Era): void => {
  const before = state.data.origins[position]
  if (same(before, origin)) return
  const data = writable(state, era)
  data.origins = data.origins.with(position, origin)
  const absent = isAbsent(origin)
  const otherWay =
    before !== undefined &&
    !isAbsent(before) &&
    !absent &&
    (before.tier !== origin.tier || before.scope !== origin.scope)
  if (absent || otherWay) data.figures[column.current + position] = 0
  if (absent || otherWay || origin.unjudged === true) {
    state.bands[position] = calm
    data.figures[column.band + position] = 0
    data.figures[column.since + position] = Number.NaN
    data.figures[column.peak + position] = Number.NaN
  }
}
