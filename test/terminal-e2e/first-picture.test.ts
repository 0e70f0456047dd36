import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { patience, programOf, runInTerminal } from './kntop.ts'

test('the first picture waits for nothing that is done to connect, such as reading keys', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-first-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const begun = join(folder, 'begun')
  const kntop = runInTerminal([...programOf('busy-feed.ts'), begun])
  await vi.waitFor(() => expect(existsSync(begun)).toBe(true), patience)
  // Nothing more can be drawn: what is to be seen was there before.
  await kntop.sees('nodes(all)[0]')
  expect(kntop.exitCode()).toBeUndefined()
})
