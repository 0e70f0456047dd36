import { describe, expect, test } from 'vitest'
import { drawHeader } from '../../source/interface/header.ts'
import { initialModel } from '../../source/interface/model.ts'
import { createTheme } from '../../source/interface/theme.ts'
import { update } from '../../source/interface/update.ts'
import { screens } from '../../source/screens/screens.ts'
import { createStore } from '../../source/store/store.ts'
import { unpainted } from '../../source/text/colour.ts'
import { twoNodes } from '../scenarios/kubernetes.ts'

const theme = createTheme('none', 'block')

/** The header over a screen of a cluster at 80x24. */
const headerOf = (command: string): string => {
  const store = createStore()
  store.apply(twoNodes)
  const snapshot = store.snapshot()
  const terminal = { columns: 80, rows: 24 }
  const model = [':', ...command.split('').map((key) => (key === ' ' ? 'space' : key)), 'enter'].reduce(
    (model, key, at) => update(model, key, { snapshot, live: snapshot, terminal, at }).model,
    initialModel(screens),
  )
  return drawHeader(model, snapshot, 4, terminal.columns, theme).map(unpainted).join('\n')
}

describe('the header at 80 columns', () => {
  const others = screens.map(({ name }) => name).filter((name) => name !== 'help')

  test.each(others)('names the key of the help on %s, also where another key has a long label', (name) => {
    expect(headerOf(name)).toContain('<?> help')
  })

  test('names the keys that lead on from what fills a table, and the one that takes it again', () => {
    const header = headerOf('flows')
    for (const hint of ['<enter> client', '<s> service', '<r> again']) expect(header).toContain(hint)
  })

  test('names the keys that lead on within a pod', () => {
    const header = headerOf('pod')
    for (const hint of ['<tab> next tab', '<s> sockets', '<x> by hand']) expect(header).toContain(hint)
  })
})
