import { expect, test, vi } from 'vitest'
import { patience, programOf, runInTerminal } from './kntop.ts'

test('a question is answered, the node tried again, and the secret written to no terminal', async () => {
  const kntop = runInTerminal(programOf('asking.ts'))
  await kntop.sees('1 question waits: <!> answers')
  await kntop.sees('nodes(all)[1]')
  // Ink loads after the first picture; keys wait for it.
  kntop.pty.write('!\r')
  await kntop.sees('password asks: Password for karin:')
  kntop.pty.write('c4n')
  await kntop.sees('> •••')
  kntop.pty.write('\u001b[200~4ry!\r\nq\r\n\u001b[201~')
  await kntop.sees('> •••••••')
  kntop.pty.write('\r')
  await kntop.sees('answer sent: password asks:')
  await kntop.sees('no question waits for an answer')
  kntop.pty.write(':links\r')
  await kntop.sees(/worker-1 ▲ lost .*try again/)
  kntop.pty.write('r')
  await kntop.sees(/worker-1 ● live .*tried worker-1/)
  kntop.pty.write('\u0003\u0003')
  await vi.waitFor(() => expect(kntop.exitCode()).toBe(0), patience)
  expect(kntop.written()).not.toMatch(/c4n|4ry/)
}, 60_000)
