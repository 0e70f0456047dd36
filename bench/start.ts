import { resolve } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { type Measured, median, rounded } from './measured.ts'

const program = resolve(import.meta.dirname, '..', 'bin', 'kntop.js')
const turns = 9

interface Start {
  /** Milliseconds from the start of the process to the first picture, and to the first figures. */
  readonly picture: number
  readonly figures: number
}

/** Starts the built program in a pseudo-terminal, and ends it as a person would. */
const start = (): Promise<Start> =>
  new Promise((done, fail) => {
    const began = performance.now()
    const terminal = spawn(process.execPath, [program, '--local'], {
      cols: 120,
      rows: 40,
      name: 'xterm-256color',
      env: { ...process.env, LANG: 'C.UTF-8' },
    })
    let seen = ''
    let picture = Number.NaN
    let figures = Number.NaN
    const guard = setTimeout(() => terminal.kill('SIGKILL'), 15_000)
    terminal.onData((data) => {
      seen += data
      if (Number.isNaN(picture) && seen.includes('nodes(')) picture = performance.now() - began
      // A link that is live has given its first frame; the fill stands in the first row then.
      if (Number.isNaN(figures) && seen.includes('1 of 1 live')) {
        figures = performance.now() - began
        terminal.write('\u0003')
        setTimeout(() => terminal.write('\u0003'), 100)
      }
    })
    terminal.onExit(() => {
      clearTimeout(guard)
      if (Number.isNaN(figures)) fail(new Error(`kntop showed no figures: ${seen.slice(-500)}`))
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
