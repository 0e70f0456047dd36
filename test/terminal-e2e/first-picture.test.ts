import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { patience, runInTerminal } from './kntop.ts'

const program = (name: string): string => fileURLToPath(new URL(`programs/${name}`, import.meta.url))

test('the first picture waits for nothing that is done to connect, such as reading keys', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-first-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const begun = join(folder, 'begun')
  const kntop = runInTerminal(['--import', program('with-jsx.ts'), program('busy-feed.ts'), begun])
  await vi.waitFor(() => expect(existsSync(begun)).toBe(true), patience)
  // Nothing more can be drawn: what is to be seen was there before.
  await kntop.sees('nodes(all)[0]')
  expect(kntop.exitCode()).toBeUndefined()
})
