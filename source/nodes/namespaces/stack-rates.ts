import type { StackCounter } from '../../events/look-stack.ts'
import type { StackLook } from '../../events/looks.ts'
import { isAmount } from './stack-files.ts'

type Counted = Pick<StackLook, 'counters' | 'uptime' | 'identity'>

/**
 * With what each counter gained in a second since the look before, by the node's uptime. Nothing is compared with another
 * namespace, or with a node that was started anew; and where any counter went back it is another one too, whatever it is known by:
 * the kernel gives the number of a namespace that is gone to the next one.
 */
export const ratesSince = (
  now: Counted,
  before: Counted | undefined,
): Pick<StackLook, 'counters'> & { readonly seconds?: number } => {
  const { counters } = now
  const seconds = before === undefined ? Number.NaN : now.uptime - before.uptime
  if (before === undefined || before.identity !== now.identity || !(seconds > 0)) return { counters }
  const known = new Map(before.counters.map(({ name, value }): [string, number] => [name, value]))
  const grown = counters.map((counter): StackCounter => {
    const last = known.get(counter.name)
    return last === undefined || isAmount(counter.name)
      ? counter
      : { ...counter, perSecond: (counter.value - last) / seconds }
  })
  return grown.some(({ perSecond = 0 }) => perSecond < 0) ? { counters } : { counters: grown, seconds }
}
