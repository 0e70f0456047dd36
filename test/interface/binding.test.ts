import { describe, expect, test } from 'vitest'
import {
  type Binding,
  bindingFor,
  bindingsFor,
  generalBindings,
  isBound,
  readOnlyKeys,
  tableBindings,
} from '../../source/interface/binding.ts'
import { screens } from '../../source/screens/screens.ts'

const keysOf = (bindings: readonly Binding[]): readonly string[] => bindings.flatMap(({ keys }) => keys)

describe('bindings', () => {
  test('have an action, or have not', () => {
    expect(isBound(tableBindings, 'sort')).toBe(true)
    expect(isBound(tableBindings, 'quit')).toBe(false)
  })

  test.each([
    { name: 'everywhere', bindings: generalBindings },
    { name: 'tables', bindings: tableBindings },
    ...screens,
  ])('of $name give each key one meaning', ({ bindings }) => {
    expect(keysOf(bindings)).toEqual([...new Set(keysOf(bindings))])
  })

  test('never give a meaning to keys that change something in k9s', () => {
    const bound = [generalBindings, tableBindings, ...screens.map(({ bindings }) => bindings)].flatMap(keysOf)
    for (const key of readOnlyKeys) expect(bound).not.toContain(key)
  })

  test('of a screen go before those of tables, and those before the general ones', () => {
    const own: Binding = { action: 'mine', keys: ['j'], label: 'mine' }
    const tables = bindingsFor({ bindings: [own], table: true })
    expect(bindingFor('j', tables)?.action).toBe('mine')
    expect(bindingFor('k', tables)?.action).toBe('up')
    expect(bindingFor('f', tables)?.action).toBe('freeze')
    expect(bindingFor('k', bindingsFor({ bindings: [own], table: false }))).toBeUndefined()
  })

  test('say within what time a second ctrl-c quits, as update.ts has it', () => {
    expect(bindingFor('ctrl-c', [generalBindings])?.label).toBe('quit (press twice within a second)')
  })

  test('of a screen name each action once', () => {
    const actions = (bindings: readonly Binding[]): readonly string[] => bindings.map(({ action }) => action)
    for (const { bindings } of screens) expect(actions(bindings)).toEqual([...new Set(actions(bindings))])
  })
})

describe('screens', () => {
  test('have names and aliases of their own', () => {
    const names = screens.flatMap(({ name, aliases }) => [name, ...aliases])
    expect(names).toEqual([...new Set(names)])
  })
})
