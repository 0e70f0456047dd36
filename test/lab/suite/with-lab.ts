import { test } from 'vitest'
import { type Lab, openLab } from '../cluster.ts'

/** The cluster that was given from outside; undefined: the lab is meant. */
export const givenCluster = process.env['KUBECONFIG'] || undefined

/** Tests of what only the lab has. With a cluster that is given from outside they are left out, and that is said. */
export const withLab = (tests: (lab: Lab) => void): void => {
  if (givenCluster === undefined) tests(openLab())
  else test('is left out', ({ skip }) => skip(`needs the lab, and KUBECONFIG=${givenCluster} names another cluster`))
}
