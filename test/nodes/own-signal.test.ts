import { expect, test } from 'vitest'
import { ownSignal } from '../../source/nodes/own-signal.ts'

test('aborts with the other one, and for the same reason', () => {
  const controller = new AbortController()
  const own = ownSignal(controller.signal)
  expect(own.aborted).toBe(false)
  controller.abort('the end')
  expect([own.aborted, own.reason]).toEqual([true, 'the end'])
})

test('is aborted from the start where the other one is', () => {
  expect(ownSignal(AbortSignal.abort('before')).reason).toBe('before')
})
