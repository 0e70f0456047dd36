import { PassThrough, type Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, vi } from 'vitest'
import type { Event } from '../../../source/events/event.ts'
import type { TabName } from '../../../source/events/looks.ts'
import type { PodId } from '../../../source/events/names.ts'
import type { PodRecord } from '../../../source/events/records.ts'
import type { NodeName } from '../../../source/events/subject.ts'
import type { PodFormat } from '../../../source/export/format.ts'
import { chooseTabs } from '../../../source/modes/pod/chosen-tabs.ts'
import { lookIntoPod, type PodRequest } from '../../../source/modes/pod/look.ts'
import { clean } from '../../../source/text/clean.ts'
import { clock, link } from '../../scenarios/cluster.ts'
import { allLive, cluster, nodeRecord, podRecord, put, serviceRecord } from '../../scenarios/kubernetes.ts'
import {
  containerId,
  overviewLook,
  resolverLook,
  routesLook,
  seen,
  socket,
  socketsLook,
  uidOf,
} from '../../scenarios/looks.ts'
import { createFakeFeed, defaults } from '../fake-feed.ts'

export const worker = 'worker-1' as NodeName

export const front: PodRecord = podRecord('web/front', {
  uid: uidOf(1),
  containers: [{ name: clean('app'), id: containerId(1), ready: true }],
})

/** A cluster of one node, and these pods. */
export const told = (...pods: readonly PodRecord[]): readonly Event[] => [
  clock(0),
  cluster(),
  put('node', nodeRecord(worker)),
  put('service', serviceRecord('kube-system/kube-dns')),
  ...pods.map((pod) => put('pod', pod)),
  ...allLive,
]

export const live = link(worker, 0, 'live')

const looks = [overviewLook(), routesLook(), socketsLook([socket('10.96.0.10', 53)]), resolverLook()] as const

/** What is seen in each of the first tabs. */
export const answered = (of: PodRecord | string): readonly Event[] => looks.map((look) => seen(of, look, 0))

/** Those of which this test knows what is seen in them. */
export const knownTabs = looks.map(({ tab }): TabName => tab).join(',')

/** A request with what matters to a test, on a feed that says what it is told. */
export const looking = (
  more: Partial<PodRequest> & { readonly tab?: string; readonly output?: PodFormat } = {},
  stdout: Writable = new PassThrough(),
) => {
  const { tab = knownTabs, output = 'json', ...request } = more
  const feed = createFakeFeed('told by the cluster')
  const printed = stdout instanceof PassThrough ? text(stdout) : Promise.resolve('')
  const stop = new AbortController()
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  said.mockClear()
  onTestFinished(() => {
    said.mockRestore()
  })
  const whole: PodRequest = {
    subject: { kind: 'pod', id: 'web/front' as PodId },
    tabs: chooseTabs(tab, output, false),
    ...{ output, wait: undefined, service: undefined },
    ...request,
  }
  const code = lookIntoPod(feed.watching, defaults, whole, stdout, stop.signal).finally(() => stdout.end())
  return {
    ...{ feed, code, printed, stop },
    said: () => said.mock.calls.map(([line]) => String(line)).join(''),
    json: async () => JSON.parse(await printed) as Record<string, unknown>,
    /** Waits until it has asked something of the node. */
    asked: async () => {
      await expect.poll(() => feed.inquiries().length).toBeGreaterThan(0)
    },
  }
}
