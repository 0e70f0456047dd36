import { render } from 'ink-testing-library'
import { createElement } from 'react'
import { describe, expect, test, vi } from 'vitest'
import { App } from '../../source/interface/app.tsx'
import { createSession } from '../../source/interface/session.ts'
import { createTheme } from '../../source/interface/theme.ts'
import { screens } from '../../source/screens/screens.ts'
import type { Snapshot } from '../../source/store/snapshot.ts'
import { createStore } from '../../source/store/store.ts'
import { arrival, clock, nodeNames } from '../scenarios/cluster.ts'
import { startApp } from './running-app.ts'

const sees = (app: ReturnType<typeof startApp>, text: string | RegExp) =>
  vi.waitFor(() => expect(app.emulator.text().join('\n')).toMatch(text), { timeout: 10_000 })

describe('the interface on a terminal', () => {
  test('starts on the alternate screen, the cursor hidden, and shows its frame cell by cell', async () => {
    const app = startApp()
    await app.settled()
    expect([app.emulator.isAlternate, app.emulator.isCursorHidden]).toEqual([true, true])
    await sees(app, /worker-1 .* 12 /)
  })

  test('answers keys, also those that arrive together or in pieces', async () => {
    const app = startApp({ nodes: 6 })
    await app.settled()
    app.type('jj', '\u001b[B', '\u001b', '[A')
    await sees(app, /worker-3 ssh live/)
    await app.settled()
    app.type('\r')
    await sees(app, /node\(worker-3\)/)
    app.type('\t', '3')
    await app.settled()
    app.type('\u001b')
    await sees(app, /nodes\(all\)/)
    await app.settled()
  })

  test('shows what is new when it is told to paint', async () => {
    const app = startApp()
    await app.settled()
    app.second()
    await sees(app, 'UTC     12:01:41')
    await app.settled()
  })

  test('takes a paste as text for the prompt, and as nothing without one', async () => {
    const app = startApp()
    await app.settled()
    app.type('\u001b[200~q?\u001b[201~', '/', '\u001b[200~worker-2\u001b[201~')
    await sees(app, 'nodes(all)[1 of 3] </worker-2>')
    await app.settled()
  })

  test('hands on what it cannot do itself', async () => {
    const app = startApp()
    await app.settled()
    app.type('\u0012', '\u0003', '\u0003')
    await vi.waitFor(() => expect(app.effects()).toEqual([{ type: 'sample-now' }, { type: 'quit' }]))
  })

  test('draws all anew on ctrl-l, whatever somebody wrote across it', async () => {
    const app = startApp()
    await app.settled()
    await app.emulator.write('\u001b[8;5Hwall: the system goes down NOW')
    expect(app.emulator.text().join('\n')).toMatch('wall:')
    app.type('\u000c')
    await app.settled()
  })

  test('is undamaged after a storm of resizes, keys and readings', async () => {
    const app = startApp({ nodes: 12 })
    await app.settled()
    const sizes = [100, 20, 132, 41, 80, 39, 200, 60].flatMap((columns) =>
      [24, 9, 40, 5].map((rows) => ({ columns, rows })),
    )
    for (const [turn, size] of sizes.entries()) {
      app.resize(size)
      app.type(['j', '\r', '\t', '?', 'q', 'q', 'x'][turn % 7] ?? '')
      if (turn % 3 === 0) app.second()
      if (turn % 4 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await app.settled()
  })

  test('leaves pictures out for a terminal that takes none, and then shows the newest undamaged', async () => {
    const app = startApp({ nodes: 12 })
    await app.settled()
    app.hold(true)
    const { replaced } = app.stats
    for (let turn = 0; turn < 40; turn++) {
      app.type('j')
      app.second()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await vi.waitFor(() => expect(app.stats.replaced - replaced).toBeGreaterThan(5), { timeout: 10_000 })
    app.hold(false)
    await app.settled()
    await sees(app, '12:02:20')
  })

  test('leaves the terminal as it was', async () => {
    const app = startApp()
    await app.settled()
    await app.close()
    expect([app.emulator.isAlternate, app.emulator.isCursorHidden]).toEqual([false, false])
    expect(app.emulator.text().join('')).toBe('')
  })

  test('shows a fault in drawing as such, and leaves it when that is over', async () => {
    let isBroken = false
    const undrawable = {
      get nodes() {
        throw new Error('a fault in drawing')
      },
    } as unknown as Snapshot
    const broken = (from: Snapshot): Snapshot => (isBroken ? undrawable : from)
    const app = startApp({ snapshot: broken })
    await app.settled()
    isBroken = true
    app.second()
    await sees(app, /has a fault[^]*a fault in drawing/)
    app.type('j')
    isBroken = false
    app.second()
    await sees(app, /nodes\(all\)/)
    await app.settled()
  })
})

describe('the interface as a component', () => {
  test('draws a line of the frame for each row, and presses keys into its session', async () => {
    const store = createStore()
    store.apply([...nodeNames(2).flatMap((name) => arrival(name, 1)), clock(1)])
    const session = createSession({ screens, snapshot: store.snapshot, onEffect: () => undefined, now: () => 0 })
    let picture = ''
    const app = render(
      createElement(App, {
        session,
        theme: createTheme('none', 'block'),
        snapshot: store.snapshot,
        onPaint: () => () => undefined,
        now: () => 0,
        dropped: () => 3,
        show: (lines) => {
          picture = lines.join('\n')
        },
      }),
    )
    expect(picture).toMatch('nodes(all)[2]')
    expect(picture).toMatch('link slow: 3 frames left out')
    await vi.waitFor(() => {
      app.stdin.write('\r')
      expect(picture).toMatch('node(worker-1)')
    })
    app.unmount()
  })
})
