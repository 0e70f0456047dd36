import { describe, expect, test } from 'vitest'
import type { Outward } from '../../source/interface/moment.ts'
import { createSession } from '../../source/interface/session.ts'
import { screens } from '../../source/screens/screens.ts'
import { createStore } from '../../source/store/store.ts'

const terminal = { columns: 80, rows: 24 }

const start = () => {
  const store = createStore()
  const effects: Outward[] = []
  const session = createSession({
    screens,
    snapshot: store.snapshot,
    onEffect: (effect) => effects.push(effect),
    now: () => 0,
  })
  return { session, effects }
}

describe('a session', () => {
  test('calls back after each change, and no more once that is stopped', () => {
    const { session } = start()
    let changes = 0
    const stop = session.subscribe(() => changes++)
    session.press('?', terminal)
    expect(changes).toBe(1)
    session.paste('nothing is typed')
    expect(changes).toBe(1)
    stop()
    session.press('q', terminal)
    expect(changes).toBe(1)
  })

  test('is changed for those it calls back before effects are told', () => {
    const { session, effects } = start()
    let seen: boolean | undefined
    session.subscribe(() => {
      seen = session.model().prompt === undefined
    })
    for (const key of [':', 'q', 'enter']) session.press(key, terminal)
    expect(effects).toEqual([{ type: 'quit' }])
    expect(seen).toBe(true)
  })

  test('takes several keys before anybody draws', () => {
    const { session } = start()
    for (const key of ['/', 'a', 'b']) session.press(key, terminal)
    expect(session.model().prompt?.text).toBe('ab')
  })

  test('fails without screens: a fault of the program', () => {
    const { snapshot } = createStore()
    expect(() => createSession({ screens: [], snapshot, onEffect: () => undefined, now: () => 0 })).toThrow(
      'no screen in the registry',
    )
  })
})
