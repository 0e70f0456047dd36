import { describe, test } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'
import { open } from './driver.ts'
import { podRecord, put, source, twoNodes } from './kubernetes.ts'
import { command, large, small } from './pod-opened.ts'

const uid = clean('0b2f4c1e-1111-2222-3333-444455556666')

describe('the pods of a cluster', () => {
  test('are marked at the end of the row by what stands in a column without room', () => {
    const at = open({ nodes: 2, terminal: small })
    at.say(
      ...twoNodes,
      put('pod', podRecord('payments/api-7f9c-a', { uid })),
      put('pod', podRecord('payments/api-7f9c-b', { node: 'worker-2' as NodeName })),
    )
    command(at, 'pods')
    const figure = (value: number): Event => ({
      type: 'pod-figures',
      node: 'worker-1' as NodeName,
      at: at.now * 1000,
      rows: [
        {
          ...{ uid, container: clean(''), metric: 'cpu.throttled_share', value },
          ...{ observations: 150, window: 15 },
        },
      ],
    })
    at.say(figure(93))
    at.seesNot('THROT%')
    at.sees(/NAMESPACE .* \+\d │/, /api-7f9c-a .* △ │/, /api-7f9c-b .*\w {4,}│/)
    at.say(figure(30))
    at.wait(31)
    at.say(figure(30))
    at.sees(/api-7f9c-a .* • │/)
    at.say(figure(3))
    at.wait(31)
    at.say(figure(3))
    at.sees(/api-7f9c-a .*\w {4,}│/)
    at.say(figure(93), source('pods', 'stale'))
    at.sees(/api-7f9c-a .*\w {4,}│/)
    at.say(source('pods'))
    at.resize(large.columns, large.rows)
    at.sees(/THROT%/, /api-7f9c-a +2\/2 Running +0 +△ *93 .*\w {2,}│/)
  })
})
