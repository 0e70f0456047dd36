import { isAbsent, type Origin } from '../events/origin.ts'
import { calm } from '../metrics/bands.ts'
import { lasting, setLasting, setPeak } from './figures.ts'
import { type NodeState, writable } from './node-state.ts'

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
export const setOrigin = (state: NodeState, position: number, origin: Origin, generation: number): void => {
  const before = state.data.origins[position]
  if (same(before, origin)) return
  const data = writable(state, generation)
  data.origins = data.origins.with(position, origin)
  const absent = isAbsent(origin)
  const otherWay =
    before !== undefined &&
    !isAbsent(before) &&
    !absent &&
    (before.tier !== origin.tier || before.scope !== origin.scope)
  if (absent || otherWay) setLasting(data.figures, lasting.current, position, 0)
  if (absent || otherWay || origin.unjudged === true) {
    state.bands[position] = calm
    setLasting(data.figures, lasting.band, position, 0)
    setLasting(data.figures, lasting.since, position, Number.NaN)
    setPeak(data.figures, position, Number.NaN)
  }
}
