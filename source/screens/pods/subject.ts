import type { PodRecord } from '../../events/records.ts'
import type { Parameters } from '../../interface/screen.ts'

/** What other screens are opened with from a row of pods: the pod as it stands now, since it may be gone by then. */
export const podSubject = (record: PodRecord): Parameters => ({
  pod: record.id,
  record,
  ...(record.node === undefined ? {} : { node: record.node }),
})
