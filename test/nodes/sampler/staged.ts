import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NumberedTake } from '../../../source/nodes/sampler/awk.ts'

/** Takes whose files stand in a folder of the test's own, where it may write what it likes. */
export interface Staged {
  readonly takes: readonly NumberedTake[]
  /** The paths that the takes name outside of the test. */
  readonly paths: readonly string[]
  write(path: string, text: string): void
  /** What stands there now; undefined if nothing does. */
  read(path: string): string | undefined
  remove(): void
}

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

/** Copies the files of these takes, as far as this machine has them, and points the takes at the copies. */
export const stage = (takes: readonly NumberedTake[]): Staged => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-proc-'))
  const paths = [...new Set(takes.map(({ take }) => take.file))]
  const staged = (path: string): string => join(folder, path.replaceAll('/', '.'))
  const write = (path: string, text: string): void => writeFileSync(staged(path), text, 'latin1')
  for (const path of paths) {
    const text = textOf(path)
    if (text !== undefined) write(path, text)
  }
  return {
    takes: takes.map(({ number, take }) => ({ number, take: { ...take, file: staged(take.file) } })),
    paths,
    write,
    read: (path) => textOf(staged(path)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
