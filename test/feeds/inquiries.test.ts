import { expect, test, vi } from 'vitest'
import type { Inquiry } from '../../source/events/inquiry.ts'
import type { NodeName } from '../../source/events/subject.ts'
import type { NodeWatches } from '../../source/feeds/node-watches.ts'
import { controlsOf, type Running, startWatches } from '../../source/feeds/parts.ts'

const inquiry: Inquiry = { node: 'n1' as NodeName, place: { kind: 'host' }, tab: 'routes' }

test('what a screen asks before there is anybody to ask is asked once there is', () => {
  const running: Running = {}
  const inquire = vi.fn<NodeWatches['inquire']>()
  const controls = controlsOf(running)
  controls.inquire([inquiry])
  startWatches(running, { inquire } as unknown as NodeWatches)
  expect(inquire.mock.calls).toEqual([[[inquiry]]])
  controls.inquire([])
  expect(inquire.mock.calls.at(-1)).toEqual([[]])
})
