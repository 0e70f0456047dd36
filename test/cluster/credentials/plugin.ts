import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../../config/temporary.ts'

export const apiVersion = 'client.authentication.k8s.io/v1'

/** A plugin: a script of a test's own, in a folder that is gone with it. */
export const plugin = (script: string, folder = temporaryFolder()): string => {
  const file = join(folder, 'plugin')
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  return file
}

/** What a plugin prints. */
export const credential = (status: object, changes: object = {}): string =>
  JSON.stringify({ kind: 'ExecCredential', apiVersion, status, ...changes })
