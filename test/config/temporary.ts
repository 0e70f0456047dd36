import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder of mode 0700 that is gone when the test ends. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs with a file mode creation mask. */
export const withUmask = async <Value>(mask: number, run: () => Promise<Value>): Promise<Value> => {
  const before = process.umask(mask)
  try {
    return await run()
  } finally {
    process.umask(before)
  }
}
