import { spawn } from '@lydell/node-pty'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../config/temporary.ts'
import { type Built, buildProgram } from './program.ts'

const waiting = { timeout: 15_000, interval: 50 }

let built: Built
beforeAll(() => {
  built = buildProgram()
}, 60_000)
afterAll(() => built.remove())

/** The program on a terminal of its own. */
const onTerminal = (environment: Readonly<Record<string, string>>) => {
  const home = temporaryFolder()
  const terminal = spawn(process.execPath, [built.entry], {
    ...{ cols: 80, rows: 24, name: environment['TERM'] ?? 'xterm-256color' },
    env: { PATH: process.env['PATH'], HOME: home, LANG: 'C.UTF-8', ...environment },
  })
  let shown = ''
  terminal.onData((text) => (shown += text))
  const ended = new Promise<number>((settle) => terminal.onExit(({ exitCode }) => settle(exitCode)))
  onTestFinished(async () => {
    try {
      terminal.kill('SIGKILL')
    } catch {
      // It has ended by itself.
    }
    await ended
  })
  return { terminal, ended, shows: (text: string) => vi.waitUntil(() => shown.includes(text), waiting) }
}

const alternateScreen = '\u001b[?1049h'

describe('on a terminal', () => {
  it.each([{ TERM: 'xterm-256color' }, { TERM: 'xterm-256color', CI: '1' }])(
    'with %j the screens are shown',
    async (environment) => {
      const { terminal, ended, shows } = onTerminal(environment)
      await shows(alternateScreen)
      await shows('NODE')
      // One word: blanks that stand there already are not written again.
      await shows('kubeconfig:')
      // ctrl-c, twice.
      terminal.write('\u0003\u0003')
      expect(await ended).toBe(0)
    },
  )

  it('that cannot draw, it says so and prints once', async () => {
    const { terminal, ended, shows } = onTerminal({ TERM: 'dumb' })
    await shows('kntop: TERM names a terminal that cannot draw, so this prints once, as --once does')
    await shows('/.kube/config; so this machine is watched')
    await shows('conntrack table fill')
    expect(await ended).toBe(0)
    terminal.kill()
  })
})
