import { expect, test, vi } from 'vitest'
import { patience, programOf, runInTerminal } from './kntop.ts'

test('a fault in drawing is shown, ends nothing, and leaves a clean terminal behind', async () => {
  const kntop = runInTerminal(programOf('broken-drawing.ts'), {
    columns: 200,
    rows: 40,
  })
  await kntop.sees('nodes(all)[1]')
  kntop.pty.kill('SIGUSR2')
  await kntop.sees('kntop has a fault and cannot draw this screen')
  await kntop.sees('Error: a fault in drawing')
  kntop.pty.write('\u0003\u0003')
  await vi.waitFor(() => expect(kntop.exitCode()).toBe(0), patience)
  expect([kntop.emulator.isAlternate, kntop.emulator.isCursorHidden]).toEqual([false, false])
  await vi.waitFor(() => expect(kntop.alive()).toEqual([]), patience)
})

test('what is said of a fault at the end holds nothing that somebody typed', async () => {
  const kntop = runInTerminal(programOf('asking.ts'))
  await kntop.sees('1 question waits: <!> answers')
  kntop.pty.write('!\r')
  await kntop.sees('password asks: Password for karin:')
  kntop.pty.write('c4n4ry!\r')
  await kntop.sees('answer sent: password asks:')
  kntop.pty.kill('SIGUSR2')
  await vi.waitFor(() => expect(kntop.exitCode()).toBe(1), patience)
  await kntop.sees('kntop: the feed broke')
  expect(kntop.written()).not.toContain('c4n')
  await vi.waitFor(() => expect(kntop.alive()).toEqual([]), patience)
})
