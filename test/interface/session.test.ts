import { describe, expect, test } from 'vitest'
import type { Outward } from '../../source/interface/moment.ts'
import { createSession } from '../../source/interface/session.ts'
import { screens } from '../../source/screens/screens.ts'
import { createStore } from '../../source/store/store.ts'
import { request } from '../scenarios/cluster.ts'

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
  return { session, effects, store }
}

describe('a session', () => {
  test('calls back after a change, and no more once that is stopped', async () => {
    const { session } = start()
    let changes = 0
    const stop = session.subscribe(() => changes++)
    session.press('?', terminal)
    await Promise.resolve()
    expect(changes).toBe(1)
    session.paste('nothing is typed')
    await Promise.resolve()
    expect(changes).toBe(1)
    stop()
    session.press('q', terminal)
    await Promise.resolve()
    expect(changes).toBe(1)
  })

  test('says first what is to be known, until a key is pressed', () => {
    const store = createStore()
    const note = 'no kubeconfig: looked in /home/karin/.kube/config; so this machine is watched'
    const session = createSession({ screens, snapshot: store.snapshot, onEffect: () => undefined, now: () => 0, note })
    expect(session.model().flash?.text).toBe(note)
    session.press('j', terminal)
    expect(session.model().flash).toBeUndefined()
    expect(start().session.model().flash).toBeUndefined()
  })

  test('calls back once for keys that come together, with all of them pressed', async () => {
    const { session } = start()
    const seen: (string | undefined)[] = []
    session.subscribe(() => seen.push(session.model().prompt?.text))
    for (const key of ['/', 'a', 'b']) session.press(key, terminal)
    await Promise.resolve()
    expect(seen).toEqual(['ab'])
  })

  test('drops what was typed as soon as the question is gone, and calls back', async () => {
    const { session, store } = start()
    store.apply([request('worker-1')])
    for (const key of ['!', 'enter', 's', '3']) session.press(key, terminal)
    await Promise.resolve()
    expect(session.model().prompt).toMatchObject({ kind: 'answer', text: 's3' })
    let changes = 0
    session.subscribe(() => changes++)
    session.refresh()
    store.apply([{ type: 'request-gone', id: 'worker-1' }])
    session.refresh()
    await Promise.resolve()
    expect(session.model().prompt).toEqual({ kind: 'withdrawn', text: '', title: 'worker-1 asks:' })
    expect(changes).toBe(1)
  })

  test('sends no answer to a question that went away without a word', () => {
    const { session, effects, store } = start()
    store.apply([request('worker-1')])
    for (const key of ['!', 'enter', 's']) session.press(key, terminal)
    store.apply([{ type: 'request-gone', id: 'worker-1' }])
    session.press('enter', terminal)
    expect(effects).toEqual([])
    store.apply([request('worker-1')])
    for (const key of ['enter', 's']) session.press(key, terminal)
    store.apply([{ type: 'request-gone', id: 'worker-1' }])
    session.paste('pasted')
    expect(JSON.stringify(session.model())).not.toMatch('pasted')
  })

  test('tells what it cannot do itself', () => {
    const { session, effects } = start()
    for (const key of [':', 'q', 'enter']) session.press(key, terminal)
    expect(effects).toEqual([{ type: 'quit' }])
    expect(session.model().prompt).toBeUndefined()
  })

  test('fails without screens: a fault of the program', () => {
    const { snapshot } = createStore()
    expect(() => createSession({ screens: [], snapshot, onEffect: () => undefined, now: () => 0 })).toThrow(
      'no screen in the registry',
    )
  })
})
