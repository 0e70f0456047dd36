import type { Event } from '../../events/event.ts'
import type { NodeName } from '../../events/subject.ts'

/** Notices whether every node has a live connection: while one has not, kubelets' leases are worth reading. */
export interface SignsOfLife {
  heard(events: readonly Event[]): void
}

/** `wanted` is called at each change. */
export const watchSignsOfLife = (wanted: (on: boolean) => void): SignsOfLife => {
  const silent = new Set<NodeName>()
  let isOn = false
  return {
    heard(events) {
      for (const event of events) {
        if (event.type === 'node-gone') silent.delete(event.node)
        if (event.type !== 'link' || !('node' in event.subject)) continue
        if (event.link.state === 'live') silent.delete(event.subject.node)
        else silent.add(event.subject.node)
      }
      if (isOn === silent.size > 0) return
      isOn = !isOn
      wanted(isOn)
    },
  }
}
