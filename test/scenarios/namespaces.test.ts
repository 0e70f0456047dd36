import { describe, expect, test } from 'vitest'
import { clean } from '../../source/text/clean.ts'
import { type Driver, open } from './driver.ts'
import { allLive, api, cluster, lacking, namespaceRecord, podRecord, put, serviceRecord, source } from './kubernetes.ts'

const command = (at: Driver, text: string): void => {
  at.press(':')
  at.type(text)
  at.press('enter')
}

const namespaces = (terminal = { columns: 80, rows: 24 }): Driver => {
  const at = open({ nodes: 1, terminal })
  at.say(
    cluster(),
    api(),
    ...allLive,
    put('namespace', namespaceRecord('web')),
    put('namespace', namespaceRecord('payments', { terminating: true })),
    put('namespace', namespaceRecord('empty')),
    put('pod', podRecord('web/a')),
    put('pod', podRecord('web/b', { phase: 'Pending' })),
    put('pod', podRecord('payments/a')),
    put('service', serviceRecord('web/front')),
  )
  command(at, 'ns')
  return at
}

describe('the namespaces of a cluster', () => {
  test.each([
    { columns: 80, rows: 24 },
    { columns: 200, rows: 55 },
  ])('stand by name with status, running pods of all, services and age at $columns', (terminal) => {
    const at = namespaces(terminal)
    expect(at.title).toMatch('namespaces[3]')
    expect(at.order).toEqual(['empty', 'payments', 'web'])
    at.sees(/empty +Active +0\/0 +0 +61m/, /payments +Terminating +1\/1 +0/, /web +Active +1\/2 +1/)
  })

  test('lead to their pods and services, and 0 there shows those of all', () => {
    const at = namespaces()
    at.press('G', 'enter')
    expect(at.title).toMatch('pods(web)[2]')
    at.press('0')
    expect(at.title).toMatch('pods(all)[3]')
    at.press('esc')
    expect(at.cursor).toMatch(/^web/)
    at.press('s')
    expect(at.title).toMatch('services(web)[1]')
  })

  test('have no counts where pods or services may not be read', () => {
    const at = namespaces()
    at.say(
      source('pods', 'live', { namespaces: [clean('web')] }),
      source('services', 'denied', { lacking: [lacking('list, watch services')] }),
    )
    at.sees(/empty +Active +\? +\?/, /web +Active +1\/2 +\?/, 'services: needs list, watch services')
  })

  test('that may not be listed are those in which something may be read', () => {
    const at = open({ nodes: 1 })
    at.say(
      cluster(),
      api(),
      source('namespaces', 'denied', { lacking: [lacking('list, watch namespaces', 'the list of namespaces')] }),
      source('pods', 'live', { namespaces: [clean('web')], lacking: [lacking('list, watch pods')] }),
      put('pod', podRecord('web/a')),
    )
    command(at, 'ns')
    expect(at.title).toMatch('namespaces[1] denied')
    at.sees('needs list, watch namespaces', /web +- +1\/1 +\? +\?/)
  })
})
