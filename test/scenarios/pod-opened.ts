import type { PodRecord } from '../../source/events/records.ts'
import type { NodeName } from '../../source/events/subject.ts'
import type { Size } from '../../source/interface/screen.ts'
import { clean } from '../../source/text/clean.ts'
import { type Driver, open } from './driver.ts'
import { nodeRecord, podRecord, put, serviceRecord, twoNodes } from './kubernetes.ts'
import { containerId, uidOf } from './looks.ts'

export const small: Size = { columns: 80, rows: 24 }
export const large: Size = { columns: 200, rows: 55 }

export const worker2 = 'worker-2' as NodeName

let numbers = 0
export const pod = (id: string, more: Partial<PodRecord> = {}): PodRecord => {
  const number = ++numbers
  return podRecord(id, {
    uid: uidOf(number),
    containers: [{ name: clean('app'), id: containerId(number), ready: true }],
    ...more,
  })
}

export const front = pod('web/front-x2x4z')

export const command = (at: Driver, text: string): void => {
  at.press(':')
  at.type(text)
  at.press('enter')
}

/** Two nodes, a pod of the second of which is looked at. */
export const watched = (terminal = small, ...pods: readonly PodRecord[]): Driver => {
  const at = open({ nodes: 2, terminal })
  at.say(
    ...twoNodes,
    put('node', nodeRecord('worker-2', { addresses: [{ type: 'InternalIP', text: clean('10.0.0.8') }] })),
    put('service', serviceRecord('kube-system/kube-dns')),
    ...[front, ...pods].map((record) => put('pod', record)),
  )
  return at
}

export const opened = (terminal = small, ...pods: readonly PodRecord[]): Driver => {
  const at = watched(terminal, ...pods)
  command(at, 'pod web/front-x2x4z')
  return at
}
