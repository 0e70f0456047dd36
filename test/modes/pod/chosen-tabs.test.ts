import { describe, expect, it } from 'vitest'
import { WrongUse } from '../../../source/config/wrong-use.ts'
import { chooseTabs } from '../../../source/modes/pod/chosen-tabs.ts'
import { lookOf } from '../../../source/nodes/namespaces/looks.ts'
import { tabs } from '../../../source/screens/pod/tabs.ts'

describe('the tabs that are printed', () => {
  it('are all that are taken by themselves, in the order of the screen; those that are not are named', () => {
    const { taken, left, isCostly } = chooseTabs(undefined, 'json', false)
    expect(taken).toEqual(expect.arrayContaining(['overview', 'routes', 'sockets', 'dns']))
    expect(new Set([...taken, ...left.map(({ tab }) => tab)])).toEqual(
      new Set(tabs.map(({ name }) => name).filter((name) => lookOf(name) !== undefined)),
    )
    for (const tab of taken) expect(lookOf(tab)).toMatchObject({ every: expect.any(Number) })
    for (const { tab, cause } of left) expect(cause).toMatch(`--tab ${tab} takes it`)
    expect(isCostly).toBe(false)
  })

  it('are those that are named, each once, in the order of the screen', () => {
    expect(chooseTabs('dns,overview,dns', 'table', false)).toEqual({
      ...{ taken: ['overview', 'dns'], left: [], isAgreed: false, isCostly: false },
    })
  })

  it('may be costly where they are named', () => {
    expect(chooseTabs('flows', 'json', true)).toMatchObject({ taken: ['flows'], isAgreed: true, isCostly: true })
  })

  it('are refused where there is no such one, with the nearest', () => {
    expect(() => chooseTabs('sokets', 'json', false)).toThrow(WrongUse)
    expect(() => chooseTabs('sokets', 'json', false)).toThrow('--tab: there is no tab "sokets" (did you mean sockets?)')
    expect(() => chooseTabs('overview,', 'json', false)).toThrow('there is no tab ""')
    expect(() => chooseTabs('xyzzyx', 'json', false)).toThrow('known are overview, routes, sockets, dns')
  })

  it('are refused as a table where they have none', () => {
    expect(() => chooseTabs('flows', 'table', false)).toThrow('--output json prints it')
  })
})
