import type { PodRecord } from '../../events/records.ts'
import { type Band, severity } from '../../metrics/metric.ts'
import { type Clean, clean } from '../../text/clean.ts'

/** What a pod waits for on its way up, which is no trouble. */
const onTheWay: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing'])

/** The phase, or what keeps it from running, as `kubectl get pods` has it. */
export const statusOf = ({ phase, reason, deleting }: PodRecord): Clean => {
  if (deleting) return clean('Terminating')
  if (reason !== '') return reason
  return clean(phase === 'Succeeded' ? 'Completed' : phase)
}

/** How a pod stands: what cannot run is critical, what does not serve a warning, what comes or goes a note. */
export const podBand = ({ phase, reason, ready, deleting }: PodRecord): Band => {
  if (phase === 'Succeeded') return 'ok'
  if (deleting || onTheWay.has(reason)) return 'note'
  if (phase === 'Failed') return 'warning'
  if (phase === 'Unknown' || reason !== '') return 'critical'
  return phase === 'Pending' || !ready ? 'warning' : 'ok'
}

/** The place of a pod's standing, the worst first. */
export const podRank = (pod: PodRecord): number => -severity(podBand(pod))
