import { expect, it } from 'vitest'
import type { ApiStatus, SourceStatus } from '../../source/events/sources.ts'
import { statusIn } from '../../source/store/sources.ts'
import { clean } from '../../source/text/clean.ts'

const pods = clean('pods')
const live: SourceStatus = {
  state: 'live',
  cause: clean(''),
  known: Number.NaN,
  until: Number.NaN,
  lacking: [],
  leftOut: 0,
  leftOutCause: clean(''),
}
const api = (state: ApiStatus['state'], since: number, heard: number): ApiStatus => ({
  state,
  cause: clean(state === 'stale' ? 'no answer' : ''),
  since,
  heard,
  latency: 5,
  version: clean(''),
  ahead: Number.NaN,
})
const statusOf = (status: SourceStatus, server: ApiStatus) =>
  statusIn({ api: server, byName: new Map([[pods, status]]) }, pods)

it('what a silent server tells of every change is as old as its last word', () => {
  expect(statusOf(live, api('live', 0, 900))).toBe(live)
  expect(statusOf(live, api('stale', 500, 400))).toMatchObject({ state: 'stale', cause: 'no answer', known: 500 })
  expect(statusOf(live, api('stale', 500, 700))).toMatchObject({ state: 'stale', known: 700 })
})

it('what was listed now and then is as old as the last list, and what was never known stays unknown', () => {
  expect(statusOf({ ...live, state: 'polling', known: 100 }, api('stale', 500, 400))).toMatchObject({ known: 100 })
  const starting: SourceStatus = { ...live, state: 'starting' }
  expect(statusOf(starting, api('stale', 500, 400))).toBe(starting)
})
