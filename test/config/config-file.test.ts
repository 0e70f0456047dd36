import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfigFile } from '../../source/config/config-file.ts'
import { WrongUse } from '../../source/config/wrong-use.ts'
import { temporaryFolder } from './temporary.ts'

const written = (mode: number, text = 'historyMemory: 32MB\n'): string => {
  const file = join(temporaryFolder(), 'config.yaml')
  writeFileSync(file, text)
  chmodSync(file, mode)
  return file
}

const refusal = async (file: string, required = false): Promise<string> => {
  const error: unknown = await readConfigFile(file, required).then(
    () => undefined,
    (error: unknown) => error,
  )
  return error instanceof WrongUse ? error.message : `not refused: ${String(error)}`
}

describe('the configuration file', () => {
  it('is read', async () => {
    expect((await readConfigFile(written(0o600), false))?.base.values).toEqual({ historyMemory: 32e6 })
  })

  it('that is not there is no configuration, unless it was named', async () => {
    const file = join(temporaryFolder(), 'config.yaml')
    expect(await readConfigFile(file, false)).toBeUndefined()
    expect(await refusal(file, true)).toBe(`${file}: the configuration cannot be read: there is no such file`)
  })

  it.each([0o620, 0o602, 0o666])('with mode %o is refused, because others can write it', async (mode) => {
    const file = written(mode)
    expect(await refusal(file)).toBe(`${file}: refused, because others can write this file: chmod go-w ${file}`)
  })

  it('is refused where others can write its folder', async () => {
    const file = written(0o600)
    const folder = join(file, '..')
    chmodSync(folder, 0o777)
    expect(await refusal(file)).toContain(`others can write its folder ${folder}`)
  })

  it('behind a link is refused where others can write the folder of the link', async () => {
    const file = written(0o600)
    const open = join(temporaryFolder(), 'open')
    mkdirSync(open)
    chmodSync(open, 0o777)
    symlinkSync(file, join(open, 'config.yaml'))
    expect(await refusal(join(open, 'config.yaml'))).toContain(`others can write its folder ${open}`)
  })

  it('is refused where it is a folder, or too large', async () => {
    expect(await refusal(temporaryFolder(), true)).toContain('no regular file')
    expect(await refusal(written(0o600, '#'.repeat(2 ** 20 + 1)))).toContain('larger than')
  })

  it('that is wrong is refused with its name and line', async () => {
    const file = written(0o600, '# ours\ncolor: pink\n')
    expect(await refusal(file)).toContain(`${file}:2: color: "pink" is not one of auto, never`)
  })
})
