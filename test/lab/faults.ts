import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from './cluster.ts'
import { conntrackCrowded, conntrackFull } from './faults/conntrack.ts'
import { slowDisk } from './faults/disk.ts'
import type { Fault } from './faults/fault.ts'
import { blackHole, loss, slowLink } from './faults/link.ts'
import { apiDown, apiFrozen, deadNode } from './faults/machines.ts'
import { noPermission } from './faults/permission.ts'
import { podLoss, throttledDns } from './faults/pods.ts'
import { folder } from './names.ts'

/** Everything that can be made to go wrong. */
export const faults: readonly Fault[] = [
  ...[slowDisk, slowLink, loss, podLoss, conntrackFull, conntrackCrowded, throttledDns],
  ...[deadNode, blackHole, apiDown, apiFrozen, noPermission],
]

const notes = join(folder, 'faults')

/** Those that are on, as `NAME WHERE`. */
export const faultsOn = (): readonly string[] =>
  existsSync(notes) ? readdirSync(notes).map((name) => name.replace(',', ' ')) : []

/** Switches a fault; says what was done. Rejects if it is so already. */
export const setFault = async (lab: Lab, name: string, where: string | undefined, isOn: boolean): Promise<string> => {
  const fault = faults.find((each) => each.name === name)
  if (fault === undefined) throw new Error(`${name} is no fault: ${faults.map((each) => each.name).join(', ')}`)
  const place = where ?? fault.usual(lab)
  fault.check(lab, place)
  const note = join(notes, `${name},${place}`)
  if (existsSync(note) === isOn) throw new Error(`${name} is ${isOn ? 'on already' : 'not on'} at ${place}`)
  if (isOn) {
    mkdirSync(notes, { recursive: true })
    writeFileSync(note, '')
    try {
      await fault.on(lab, place)
    } catch (error) {
      // Whatever of it was made is taken back; where that fails too it stays noted.
      await fault.off(lab, place)
      rmSync(note)
      throw error
    }
  } else {
    await fault.off(lab, place)
    rmSync(note)
  }
  return `${name} is ${isOn ? 'on' : 'off'} at ${place}${isOn ? `: ${fault.what}` : ''}`
}
