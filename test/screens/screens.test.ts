import { describe, expect, test } from 'vitest'
import { createTheme } from '../../source/interface/theme.ts'
import { screens } from '../../source/screens/screens.ts'
import { createStore } from '../../source/store/store.ts'
import { unpainted } from '../../source/text/colour.ts'
import { nodeNames } from '../scenarios/cluster.ts'

const theme = createTheme('none', 'block')
const empty = createStore().snapshot()
const [gone] = nodeNames(1)

describe('the registry of screens', () => {
  test('begins with the nodes', () => {
    expect(screens.map(({ name }) => name)).toEqual([
      ...[
        'nodes',
        'node',
        'flows',
        'pods',
        'pod',
        'services',
        'service',
        'namespaces',
        'contexts',
        'links',
        'explain',
        'by-hand',
        'flows-by-hand',
        'opt-ins',
        'questions',
        'question',
        'help',
      ],
    ])
  })

  test.each(screens)('$name says in one line what it is for, and of each key what it does', ({ purpose, bindings }) => {
    expect(purpose).toMatch(/^[a-z].{10,76}[^.]$/)
    for (const { label, keys } of bindings) {
      expect(label.length).toBeGreaterThan(1)
      expect(keys.length).toBeGreaterThan(0)
    }
  })

  test.each(screens)('$name opens on nothing, and on a node that is not there, and says what to do', (entry) => {
    for (const parameters of [{}, { node: gone, metric: 'conntrack.fill' as const }, { node: gone, optIn: 'none' }]) {
      const { node, ...others } = parameters as { node?: typeof gone }
      const open = entry.open(node === undefined ? others : { ...others, node })
      const body = open.body(empty, { columns: 76, rows: 15 }, theme).map(unpainted)
      expect(body).toHaveLength(15)
      expect(body.join('').trim()).not.toBe('')
      for (const { action } of entry.bindings)
        expect(() => open.press(action, empty, { columns: 76, rows: 15 }, empty)).not.toThrow()
    }
  })
})
