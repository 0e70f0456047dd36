import { expect, test } from 'vitest'
import type { Event } from '../../../source/events/event.ts'
import type { ServiceId } from '../../../source/events/names.ts'
import { createTheme } from '../../../source/interface/theme.ts'
import { endpointTable } from '../../../source/screens/service/columns.ts'
import { createStore } from '../../../source/store/store.ts'
import { clock } from '../../scenarios/cluster.ts'
import { allLive, cluster, put, serviceRecord, sliceRecord, source } from '../../scenarios/kubernetes.ts'

const stateStyles = (...more: readonly Event[]): readonly string[] => {
  const store = createStore()
  const records = [put('service', serviceRecord('web/front')), put('endpointslice', sliceRecord('web/front', 1, 1))]
  store.apply([cluster(), ...allLive, ...records, ...more, clock(1)])
  const snapshot = store.snapshot()
  const { columns, rows } = endpointTable('web/front' as ServiceId)
  const state = columns(snapshot).find(({ id }) => id === 'state')
  return rows(snapshot).map((row) => state?.cell(snapshot, row, 9, createTheme('none', 'block')).style ?? 'no column')
}

test('endpoints of the past do not look as those of now do', () => {
  expect(stateStyles().toSorted()).toEqual(['plain', 'warning'])
  expect(stateStyles(source('endpointslices', 'stale'))).toEqual(['stale', 'stale'])
})
