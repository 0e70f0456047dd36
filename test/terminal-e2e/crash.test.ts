import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { patience, runInTerminal } from './kntop.ts'

const program = (name: string): string => fileURLToPath(new URL(`programs/${name}`, import.meta.url))

test('a fault in drawing ends with 1, the screen clean, and what it was to be read below', async () => {
  const kntop = runInTerminal(['--import', program('with-jsx.ts'), program('broken-drawing.ts')], {
    columns: 200,
    rows: 40,
  })
  await kntop.sees('nodes(all)[1]')
  kntop.pty.kill('SIGUSR2')
  await vi.waitFor(() => expect(kntop.exitCode()).toBe(1), patience)
  await kntop.sees('kntop: a fault in drawing')
  expect([kntop.emulator.isAlternate, kntop.emulator.isCursorHidden]).toEqual([false, false])
  // The message is the first thing there: nothing of the interface was left.
  expect(kntop.emulator.text()[0]).toBe('kntop: a fault in drawing')
  await vi.waitFor(() => expect(kntop.alive()).toEqual([]), patience)
})
