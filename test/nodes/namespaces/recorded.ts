import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The lines of a recording. */
export const recorded = (name: string): readonly string[] =>
  readFileSync(join(import.meta.dirname, '../../fixtures/namespace', name), 'utf8')
    .trimEnd()
    .split('\n')
