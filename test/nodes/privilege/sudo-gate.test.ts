import { expect, test } from 'vitest'
import { heardSudo, permitted } from '../../../source/nodes/privilege/permitted.ts'
import { createSudoGate } from '../../../source/nodes/privilege/sudo-gate.ts'
import type { Script } from '../../../source/nodes/probe.ts'

const hour = 3_600_000
const script: Script = { text: 'true', args: [], sudo: [{ paths: ['/bin/true'], words: ['-x'] }] }
const varying: Script = {
  ...script,
  sudo: [{ paths: ['/bin/true'], words: [{ shown: 'X', pattern: '[x]' }] }],
}

const started = () => {
  const clock = { now: 0 }
  const gate = createSudoGate(() => clock.now)
  const refusal = { status: 1, text: 'sudo: a password is required\nSudo version 1.9.5p2', gate }
  return { clock, gate, refusal }
}

test('a refusal is told with what to do, and nothing is tried for an hour', () => {
  const { clock, gate, refusal } = started()
  expect(permitted(script, 'list', gate)).toBe(script)
  expect(heardSudo(script, 'list', refusal)).toEqual({
    missing: 'denied',
    advice:
      'sudo: a password is required: give the node what kntop commands --output sudoers prints. Tried once an hour.',
  })
  clock.now = hour - 1
  expect(permitted(script, 'list', gate)).toMatchObject({ missing: 'denied' })
  expect(permitted(script, 'another', gate)).toMatchObject({ missing: 'denied' })
  clock.now = hour
  expect(permitted(script, 'list', gate)).toBe(script)
})

test('what has worked goes on while something else is refused, until it is refused too', () => {
  const { gate, refusal } = started()
  expect(heardSudo(script, 'list', { status: 0, text: '', gate })).toBeUndefined()
  heardSudo(script, 'other', refusal)
  expect(permitted(script, 'list', gate)).toBe(script)
  heardSudo(script, 'list', refusal)
  expect(permitted(script, 'list', gate)).toMatchObject({ missing: 'denied' })
})

test('an old sudo is named as the reason only where regular expressions are needed', () => {
  const { refusal } = started()
  expect(heardSudo(varying, 'list', refusal)?.advice).toContain('older than 1.9.10')
  expect(heardSudo(script, 'list', refusal)?.advice).not.toContain('1.9.10')
})

test('what does not go through sudo never meets the gate', () => {
  const { gate, refusal } = started()
  const plain: Script = { text: 'true', args: [] }
  expect(heardSudo(plain, 'list', refusal)).toBeUndefined()
  expect(gate.barred('list')).toBeUndefined()
  heardSudo(script, 'list', refusal)
  expect(permitted(plain, 'list', gate)).toBe(plain)
})
