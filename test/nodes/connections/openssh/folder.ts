import { mkdtempSync, rmSync } from 'node:fs'
import { onTestFinished } from 'vitest'

/** A folder for one test. Its path is short, as that of a socket must be. */
export const makeFolder = (): string => {
  const folder = mkdtempSync('/tmp/kntop-test-ssh-')
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
