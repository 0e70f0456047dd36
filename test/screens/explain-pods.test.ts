import { expect, test } from 'vitest'
import type { PodFigure } from '../../source/events/event.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { explainLines } from '../../source/screens/explain/lines.ts'
import { createStore } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { lineText } from '../../source/text/colour.ts'
import { podRecord, put } from '../scenarios/kubernetes.ts'
import { clock, link, origin, sample, source } from '../store/events.ts'

const node = 'worker-1' as NodeName

const row = (uid: string, container: string, value: number): PodFigure => ({
  uid: clean(uid),
  container: clean(container),
  metric: 'cpu.throttled_share',
  value,
  observations: 150,
  window: 15,
})

const explained = (...events: Parameters<ReturnType<typeof createStore>['apply']>[0]) => {
  const store = createStore()
  store.apply([link(0, 'live'), ...events, clock(20)])
  return (metric: Parameters<typeof explainLines>[2]) =>
    explainLines(store.snapshot(), node, metric, 100).map(lineText).join('\n')
}

test('a figure of a node’s pods names the pods, the worst first, and the container of each', () => {
  const text = explained(
    put(
      'pod',
      podRecord('web/a', { uid: clean('u-a'), containers: [{ name: clean('app'), id: clean('aa'), ready: true }] }),
    ),
    put('pod', podRecord('web/b', { uid: clean('u-b'), containers: [] })),
    origin('cpu.throttled_share', source('search for pods', { scope: 'pod' })),
    sample(20, 'cpu.throttled_share', 93, { observations: 150, window: 15 }),
    { type: 'pod-figures', node, at: 20_000, rows: [row('u-b', 'bb', 4), row('u-a', 'aa', 93)] },
  )('cpu.throttled_share')
  expect(text).toMatch(/\(THROT%\)/)
  expect(text).toMatch(/Pods +web\/a container held back by its CPU limit, app: 93%/)
  expect(text.indexOf('web/b')).toBeGreaterThan(text.indexOf('web/a'))
})

test('a figure of a node and its pods says how many network namespaces were read', () => {
  const text = explained(
    origin('tcp.resets', source('proc', { scope: 'node', namespaces: { read: 40, of: 110 } })),
    sample(20, 'tcp.resets', 3),
  )('tcp.resets')
  expect(text).toMatch('node: the host and its pods, 40 of 110 network namespaces read')
})
