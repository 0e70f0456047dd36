import { chmodSync, copyFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './command.ts'
import { folder } from './names.ts'

/**
 * Runs programs where a shell script stands in the place of a tool; nobody else sees that. `script` is told where a copy of the
 * tool itself is.
 */
export const replaced = async (tool: string, script: (original: string) => string): Promise<readonly string[]> => {
  const place = (
    await run(['sh', '-c', 'readlink -f "$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v "$1")"', 'sh', tool])
  ).trim()
  const own = mkdtempSync(join(folder, 'tool-'))
  const [other, original] = [join(own, tool), join(own, 'original')]
  copyFileSync(place, original)
  writeFileSync(other, `#!/bin/sh\n${script(original)}\n`)
  chmodSync(other, 0o755)
  const mount = 'mount --bind "$1" "$2"; shift 2; exec "$@"'
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', mount, 'sh', other, place]
}
