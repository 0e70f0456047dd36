import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isRemembered, remember } from '../../source/modes/consent-file.ts'

const stateFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-consent-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('an answer for all times', () => {
  test('holds for the cluster that it was given for, and no other', async () => {
    const folder = stateFolder()
    await remember(folder, 'prod https://a:6443')
    await remember(folder, 'dev https://b:6443')
    expect(await isRemembered(folder, 'prod https://a:6443')).toBe(true)
    expect(await isRemembered(folder, 'dev https://b:6443')).toBe(true)
    // The same name in another kubeconfig.
    expect(await isRemembered(folder, 'prod https://c:6443')).toBe(false)
  })

  test('is kept for its owner only', async () => {
    const folder = stateFolder()
    const before = process.umask(0)
    onTestFinished(() => void process.umask(before))
    await remember(folder, 'prod')
    expect(statSync(join(folder, 'ssh-consent.json')).mode & 0o777).toBe(0o600)
  })

  test.each(['', '[]', 'null', '{"version":2,"clusters":["prod"]}', '{"version":1,"clusters":[7]}'])(
    'is none where the file says %j',
    async (text) => {
      const folder = stateFolder()
      writeFileSync(join(folder, 'ssh-consent.json'), text)
      expect(await isRemembered(folder, 'prod')).toBe(false)
    },
  )

  test('is none without a place to keep it', async () => {
    await remember(undefined, 'prod')
    expect(await isRemembered(undefined, 'prod')).toBe(false)
  })
})
