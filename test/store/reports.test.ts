import { describe, expect, test } from 'vitest'
import type { Address } from '../../source/events/address.ts'
import type { Event } from '../../source/events/event.ts'
import type { Report } from '../../source/events/inquiry.ts'
import type { ConntrackLook, FlowsLook, Look } from '../../source/events/looks.ts'
import { createStore, type Store } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { allLive, podRecord, put } from '../scenarios/kubernetes.ts'
import { conntrackLook, overviewLook } from '../scenarios/looks.ts'
import { clock } from './events.ts'
import { flowGroup, flowsLook } from './flow-arbitraries.ts'

const told = (key: string, report: Report): Event => ({ type: 'report', key, report })
const live = (key: string, at: number, look: Look): Event => told(key, { state: 'live', at, look })
const listing = flowsLook([flowGroup()])
const question = ((): FlowsLook => {
  const { listed: _, ...look } = listing
  return look
})()
const address = '10.1.0.7' as Address

const storeOf = (...events: readonly Event[]): Store => {
  const store = createStore()
  store.apply([clock(1), ...events])
  return store
}

/** Who has the address by the records that a report holds on to. */
const namedBy = (store: Store, key: string): string | undefined =>
  store.snapshot().reports.get(key)?.records?.relations.podAt(address)

describe('what has come of inquiries', () => {
  test('is what was seen, while another look is awaited', () => {
    const store = storeOf(live('a', 1, overviewLook()), told('a', { state: 'waiting' }))
    expect(store.snapshot().reports.get('a')).toMatchObject({ state: 'live', at: 1 })
  })

  test('is kept of more than one screen, the oldest left out, listings not for others', () => {
    const others = Array.from({ length: 40 }, (_, index) => live(`${index}`, index, overviewLook()))
    const { reports } = storeOf(live('flows', 1, listing), ...others).snapshot()
    expect(reports.size).toBe(33)
    expect(reports.has('flows')).toBe(true)
    expect(reports.has('0')).toBe(false)
    const listings = Array.from({ length: 40 }, (_, index) => live(`worker-${index} flows`, index, listing))
    expect(storeOf(...listings).snapshot().reports.size).toBe(8)
  })

  test('is one listing of a node: the newest, with a consent or without', () => {
    const { reports } = storeOf(
      live('flows', 1, listing),
      live('flows', 2, question),
      live('flows consent 3', 3, listing),
      live('other flows consent 4', 4, listing),
      live('flows consent 5', 5, listing),
    ).snapshot()
    expect([...reports.keys()]).toEqual(['flows', 'other flows consent 4', 'flows consent 5'])
    expect(reports.get('flows')).toMatchObject({ look: question })
  })

  test('is one listing of a node also where a yes was refused a second look', () => {
    const refused = told('flows consent 3', { state: 'refused', cause: clean('a yes is good for one look') })
    const { reports } = storeOf(
      live('flows consent 3', 3, listing),
      refused,
      live('flows consent 5', 5, listing),
    ).snapshot()
    expect([...reports].filter(([, report]) => 'look' in report).map(([key]) => key)).toEqual(['flows consent 5'])
  })

  test('holds no listing twice, however often something else comes after one', () => {
    const again = [live('flows', 1, listing), live('flows', 2, question)]
    const { reports } = storeOf(...again, ...again, live('flows', 3, question)).snapshot()
    expect([...reports.keys()]).toEqual(['flows listed', 'flows'])
  })

  test('is a listing beside the question, or the refusal, that came after it', () => {
    for (const later of [
      live('flows', 2, question),
      told('flows', { state: 'refused', cause: clean('busy') }),
    ] as const) {
      const { reports } = storeOf(live('flows', 1, listing), later).snapshot()
      expect(reports.get('flows')).toMatchObject(later.type === 'report' ? later.report : {})
      expect(reports.get('flows listed')).toMatchObject({ at: 1, look: listing })
    }
  })

  test('is a pod’s part of a table, once it took a yes, whatever else is looked at, until it is listed anew', () => {
    const { flows, cost, ...counted } = conntrackLook([flowGroup()])
    const part: ConntrackLook = { ...counted, ...(flows && { flows }), ...(cost && { cost }) }
    const question: ConntrackLook = { ...counted, isQuestion: true }
    const others = Array.from({ length: 40 }, (_, index) => live(`${index}`, index, overviewLook()))
    const store = storeOf(live('conntrack', 1, question), live('conntrack consent 2', 2, part), ...others)
    expect([...store.snapshot().reports.keys()].slice(0, 1)).toEqual(['conntrack consent 2'])
    store.apply([live('conntrack', 3, question), live('conntrack consent 4', 4, part)])
    expect([...store.snapshot().reports.keys()].slice(-2)).toEqual(['conntrack', 'conntrack consent 4'])
    store.apply([live('conntrack', 5, part), live('conntrack', 6, question)])
    expect([...store.snapshot().reports.keys()].slice(-2)).toEqual(['conntrack listed', 'conntrack'])
    expect(store.snapshot().reports.get('conntrack listed')).toMatchObject({ at: 5, look: part })
  })

  test('holds on to who had which address when a table was listed, and to nothing else', () => {
    const store = storeOf(
      ...allLive,
      put('pod', podRecord('payments/then')),
      live('flows', 1, listing),
      // Within the same batch.
      put('pod', podRecord('payments/now', { created: Number.MAX_SAFE_INTEGER })),
      live('overview', 1, overviewLook()),
    )
    expect(namedBy(store, 'flows')).toBe('payments/then')
    expect(store.snapshot().records.relations.podAt(address)).toBe('payments/now')
    expect(store.snapshot().reports.get('overview')).not.toHaveProperty('records')
    store.apply([told('flows', { state: 'ended', at: 1, look: listing, cause: clean('lost') })])
    expect(namedBy(store, 'flows')).toBe('payments/then')
    store.apply([live('flows', 2, flowsLook([flowGroup()]))])
    expect(namedBy(store, 'flows')).toBe('payments/now')
  })

  test('is named by the first records, where none were there when a table was listed', () => {
    const store = storeOf(live('flows', 1, listing))
    expect(store.snapshot().reports.get('flows')).not.toHaveProperty('records')
    store.apply([put('pod', podRecord('payments/then')), ...allLive])
    expect(namedBy(store, 'flows')).toBe('payments/then')
    store.apply([put('pod', podRecord('payments/now', { created: Number.MAX_SAFE_INTEGER }))])
    expect(namedBy(store, 'flows')).toBe('payments/then')
  })
})
