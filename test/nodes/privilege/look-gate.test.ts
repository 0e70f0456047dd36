import { describe, expect, test } from 'vitest'
import { flowsLook } from '../../../source/nodes/namespaces/flows.ts'
import { overviewLook } from '../../../source/nodes/namespaces/overview.ts'
import { wholeEngine } from '../../../source/nodes/privilege/connect-as-root.ts'
import { lookGate } from '../../../source/nodes/privilege/look-gate.ts'
import { createSudoGate } from '../../../source/nodes/privilege/sudo-gate.ts'
import { clean } from '../../../source/text/clean.ts'
import { flowsLook as seen } from '../../store/flow-arbitraries.ts'

const refused = {
  cause: clean('sudo: a password is required'),
  refused: { words: 'a password is required', line: '/usr/sbin/conntrack -L' },
}

const gateAt = (clock = { now: 0 }) => createSudoGate(() => clock.now)

describe('a look that takes root', () => {
  test('goes through sudo only where that is asked for, and only for what it names', () => {
    expect(lookGate(flowsLook, { setting: 'commands', gate: gateAt() }).mayAsk).toBe(true)
    expect(lookGate(flowsLook, { setting: 'root', gate: gateAt() }).mayAsk).toBe(false)
    expect(lookGate(flowsLook, { setting: undefined, gate: gateAt() }).mayAsk).toBe(false)
    expect(lookGate(flowsLook, undefined).mayAsk).toBe(false)
    expect(lookGate(overviewLook, { setting: 'commands', gate: gateAt() }).mayAsk).toBe(false)
  })

  test('that sudo refused says which line is missing, and is not tried again for an hour', () => {
    const clock = { now: 0 }
    const gate = lookGate(flowsLook, { setting: 'commands', gate: gateAt(clock) })
    expect(gate.barred()).toBeUndefined()
    expect(gate.heard(refused)).toMatchObject({
      cause:
        'sudo: a password is required: give the node what kntop commands --output sudoers (here /usr/sbin/conntrack -L is missing) prints. Tried once an hour.',
    })
    expect(gate.barred()).toMatch(/^sudo: a password is required/)
    clock.now = 3_600_000
    expect(gate.barred()).toBeUndefined()
  })

  test('that worked is tried again while others are refused', () => {
    const sudo = gateAt()
    const gate = lookGate(flowsLook, { setting: 'commands', gate: sudo })
    gate.heard(seen([]))
    sudo.refused('another', 'no')
    expect(gate.barred()).toBeUndefined()
  })

  test('says why all of kntop is not root, where that was asked for', () => {
    const sudo = gateAt()
    const gate = lookGate(flowsLook, { setting: 'root', gate: sudo })
    const cause = clean('told to root only')
    expect(gate.heard({ cause, needsRoot: true })).toMatchObject({ cause })
    sudo.refused(wholeEngine, 'a password is required')
    expect(gate.heard({ cause, needsRoot: true })).toMatchObject({
      cause: expect.stringMatching(/^sudo: a password is required/) as unknown,
    })
    expect(gate.heard({ cause })).toMatchObject({ cause })
  })
})
