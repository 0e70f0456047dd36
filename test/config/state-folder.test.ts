import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStateFolder, writeStateFile } from '../../source/config/state-folder.ts'
import { temporaryFolder, withUmask } from './temporary.ts'

const modeOf = (path: string): number => statSync(path).mode & 0o777

describe('the state folder', () => {
  it.each([0o000, 0o022, 0o777])('is made for its owner only with umask %o', async (mask) => {
    const folder = join(temporaryFolder(), 'kntop')
    expect(await withUmask(mask, () => openStateFolder(folder))).toEqual({ folder })
    expect(modeOf(folder)).toBe(0o700)
  })

  it('is closed again where others could read it', async () => {
    const folder = temporaryFolder()
    chmodSync(folder, 0o777)
    await openStateFolder(folder)
    expect(modeOf(folder)).toBe(0o700)
  })

  it('that cannot be made is said, and is no error', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    const unusable: unknown = expect.stringContaining(join(file, 'kntop'))
    expect(await openStateFolder(join(file, 'kntop'))).toEqual({ unusable })
  })

  it('is not there without a home folder', async () => {
    expect(await openStateFolder(undefined)).toEqual({ unusable: expect.stringContaining('HOME') as unknown })
  })
})

describe('a state file', () => {
  it.each([0o000, 0o777])('is written for its owner only with umask %o', async (mask) => {
    const folder = temporaryFolder()
    await withUmask(mask, () => writeStateFile(folder, 'known', 'one'))
    expect(modeOf(join(folder, 'known'))).toBe(0o600)
    expect(readFileSync(join(folder, 'known'), 'utf8')).toBe('one')
  })

  it('takes the place of the old one, and leaves nothing beside it', async () => {
    const folder = temporaryFolder()
    await writeStateFile(folder, 'known', 'one')
    await writeStateFile(folder, 'known', 'two')
    expect(readFileSync(join(folder, 'known'), 'utf8')).toBe('two')
    expect(readdirSync(folder)).toEqual(['known'])
  })

  it('that cannot be written rejects, and leaves nothing behind', async () => {
    const folder = temporaryFolder()
    // A folder cannot be replaced by a file.
    await openStateFolder(join(folder, 'known'))
    await expect(writeStateFile(folder, 'known', 'one')).rejects.toThrow('known')
    expect(readdirSync(folder)).toEqual(['known'])
  })
})
