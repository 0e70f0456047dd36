import { slimNode } from '../../../source/cluster/slim/node.ts'
import { isRefused } from '../../../source/cluster/slim/slim.ts'
import type { Event } from '../../../source/events/event.ts'
import type { NodeRecord } from '../../../source/events/records.ts'
import type { NodeName } from '../../../source/events/subject.ts'
import { clean } from '../../../source/text/clean.ts'

/** A node as the API server tells of it. */
export const nodeRecord = (name: string, address = '10.0.0.7', version = '1'): NodeRecord => {
  const record = slimNode(
    {
      metadata: { name, resourceVersion: version },
      status: {
        addresses: [{ type: 'InternalIP', address }],
        nodeInfo: { bootID: `boot-${name}`, machineID: `machine-${name}` },
      },
    },
    (value) => clean(typeof value === 'string' ? value : ''),
  )
  if (isRefused(record)) throw new Error(record.refused)
  return record
}

export const put = (record: NodeRecord): Event => ({ type: 'record', kind: 'node', change: 'put', record })
export const gone = (name: string): Event => ({ type: 'record', kind: 'node', change: 'gone', id: name as NodeName })

/** How the list of nodes fares. */
export const nodesAre = (state: 'live' | 'stale' | 'denied' | 'polling'): Event => ({
  type: 'source',
  source: clean('nodes'),
  status: {
    state,
    cause: clean(state === 'live' ? '' : 'said so'),
    known: 0,
    until: Number.NaN,
    lacking: [],
    leftOut: 0,
    leftOutCause: clean(''),
  },
})
