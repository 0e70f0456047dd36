import { chmodSync, mkdirSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newControlPath } from '../../../../source/nodes/connections/openssh/control-path.ts'
import { makeFolder } from './folder.ts'

describe('the path of a control socket', () => {
  test('is in the given folder, which is made for us alone, and is another each time', async () => {
    const folder = join(makeFolder(), 'a', 'control')
    const paths = [await newControlPath(folder, undefined), await newControlPath(folder, undefined)]
    expect(paths.map(dirname)).toEqual([folder, folder])
    expect(new Set(paths).size).toBe(2)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  test.each([
    ['too long', 'x'.repeat(80)],
    ['written with what ssh expands', '%h'],
    ['written with a space', 'a b'],
  ])('is in the runtime folder where the given one is %s', async (_, name) => {
    const folder = makeFolder()
    const path = await newControlPath(join(folder, name), join(folder, 'run'))
    expect(dirname(path)).toBe(join(folder, 'run', 'kntop'))
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
  })

  test('leaves room for what ssh adds while it makes the socket', async () => {
    const folder = makeFolder()
    for (let length = 1; length < 90; length++) {
      const path = await newControlPath(join(folder, 'x'.repeat(length)), folder)
      expect(path.length + '.0123456789abcdef'.length).toBeLessThan(104)
    }
  })

  test.each([
    ['is open to others', (path: string) => (mkdirSync(path), chmodSync(path, 0o755))],
    ['is a link', (path: string) => symlinkSync('/tmp', path)],
  ])('is never in a folder that %s', async (_, make) => {
    const folder = makeFolder()
    const given = join(folder, 'given')
    make(given)
    expect(dirname(await newControlPath(given, folder))).toBe(join(folder, 'kntop'))
  })
})
