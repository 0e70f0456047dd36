import { corednsIds } from '../cluster/coredns/fold.ts'
import type { Event } from '../events/event.ts'
import type { NodeName } from '../events/subject.ts'
import { clean } from '../text/clean.ts'

const origin = { missing: 'not-applicable', advice: clean('no cluster is watched: its DNS is not known') } as const

/** Why a node that belongs to no cluster has no figures of one. */
export const withoutCluster = (node: NodeName): readonly Event[] =>
  corednsIds.map((metric) => ({ type: 'origin', subject: { node }, metric, origin }))
