import { mkdtempSync, rmSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { createFleet, type Fleet, type FleetOptions } from '../../../../source/nodes/connections/ssh/fleet.ts'
import { always } from './logging-in.ts'

/** Hosts by this configuration, with nobody to ask, until the test ends. */
export const madeFleet = async (configFile: string, more: Partial<FleetOptions> = {}): Promise<Fleet> => {
  const controlFolder = mkdtempSync('/tmp/kntop-test-ssh-')
  const fleet = await createFleet({
    configFile,
    transport: 'auto',
    stateFolder: undefined,
    controlFolder,
    write: () => Promise.resolve(),
    ask: undefined,
    decide: undefined,
    failed: () => undefined,
    environment: { PATH: process.env['PATH'] ?? '' },
    now: () => performance.now(),
    wall: Date.now,
    signal: always,
    ...more,
  })
  onTestFinished(() => {
    fleet.close()
    rmSync(controlFolder, { recursive: true, force: true })
  })
  return fleet
}
