import { resolve } from 'node:path'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { type Measured, median, rounded } from './measured.ts'

const program = resolve(import.meta.dirname, '..', 'bin', 'kntop.js')
const turns = 9

interface Start {
  /** Milliseconds from the start of the process to the first picture, and to the first figures. */
  readonly picture: number
  readonly figures: number
}

const size = { cols: 120, rows: 40 } as const

/** What stands on a screen: pictures are sent as what changed of them, so a phrase need not pass in one piece. */
const textOf = ({ buffer: { active } }: InstanceType<typeof xterm.Terminal>): string =>
  Array.from({ length: size.rows }, (_, row) => active.getLine(row)?.translateToString() ?? '').join('\n')

/** Starts the built program in a pseudo-terminal, and ends it as a person would. */
const start = (): Promise<Start> =>
  new Promise((done, fail) => {
    const began = performance.now()
    const terminal = spawn(process.execPath, [program, '--local'], {
      ...size,
      name: 'xterm-256color',
      env: { ...process.env, LANG: 'C.UTF-8' },
    })
    const screen = new xterm.Terminal({ ...size, allowProposedApi: true })
    let picture = Number.NaN
    let figures = Number.NaN
    const guard = setTimeout(() => terminal.kill('SIGKILL'), 15_000)
    terminal.onData((data) => {
      const arrived = performance.now() - began
      screen.write(data, () => {
        const seen = textOf(screen)
        if (Number.isNaN(picture) && seen.includes('nodes(')) picture = arrived
        // A link that is live has given its first frame; the fill stands in the first row then.
        if (Number.isNaN(figures) && seen.includes('1 of 1 live')) {
          figures = arrived
          terminal.write('\u0003')
          setTimeout(() => terminal.write('\u0003'), 100)
        }
      })
    })
    terminal.onExit(() => {
      clearTimeout(guard)
      if (Number.isNaN(figures)) fail(new Error(`kntop showed no figures: ${textOf(screen)}`))
      else done({ picture, figures })
    })
  })

/** First frame of the built program, and its first figures on this machine. */
export const benchStart = async (): Promise<readonly Measured[]> => {
  const runs: Start[] = []
  for (let turn = 0; turn < turns; turn += 1) runs.push(await start())
  return [
    {
      name: 'start to first frame, median of 9',
      value: rounded(median(runs.map(({ picture }) => picture))),
      unit: 'ms',
      budget: 300,
    },
    {
      name: 'first frame to first figures, median of 9',
      value: rounded(median(runs.map(({ picture, figures }) => figures - picture))),
      unit: 'ms',
      budget: 1000,
    },
  ]
}
